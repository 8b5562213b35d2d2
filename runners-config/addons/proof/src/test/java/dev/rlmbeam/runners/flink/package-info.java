/** Runs on a real cluster of Flink: a job manager and task managers as processes of their own. */
package dev.rlmbeam.runners.flink;
