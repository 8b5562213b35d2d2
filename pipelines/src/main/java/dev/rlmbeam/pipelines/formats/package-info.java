/**
 * Avro and Parquet: records of binary files, one after another, as JSON. Knows nothing of Beam, nor
 * of what the records are for.
 */
@NullMarked
package dev.rlmbeam.pipelines.formats;

import org.jspecify.annotations.NullMarked;
