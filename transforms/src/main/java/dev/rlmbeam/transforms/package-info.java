/** The Beam face: the transform, its DoFn, its elements. */
@NullMarked
package dev.rlmbeam.transforms;

import org.jspecify.annotations.NullMarked;
