/** The RLM as a Beam SchemaTransform: rows in, rows out, for Beam YAML and other languages. */
@NullMarked
package dev.rlmbeam.pipelines.schema;

import org.jspecify.annotations.NullMarked;
