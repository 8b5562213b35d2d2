/**
 * What is handed to Kubernetes is what Kubernetes, the Flink operator, Flink and our own options
 * know.
 */
package dev.rlmbeam.pipelines.manifests;
