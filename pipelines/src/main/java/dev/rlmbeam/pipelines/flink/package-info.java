/**
 * Flink's clusters: one on this machine, and what is to be known of any before a job goes there.
 */
@NullMarked
package dev.rlmbeam.pipelines.flink;

import org.jspecify.annotations.NullMarked;
