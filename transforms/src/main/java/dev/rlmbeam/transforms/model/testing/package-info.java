/**
 * Models for tests: {@link dev.rlmbeam.transforms.model.testing.ScriptedModel} in the same JVM and
 * {@link dev.rlmbeam.transforms.model.testing.ModelServer} over real HTTP.
 */
@NullMarked
package dev.rlmbeam.transforms.model.testing;

import org.jspecify.annotations.NullMarked;
