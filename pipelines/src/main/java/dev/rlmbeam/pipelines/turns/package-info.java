/** Turns of an RLM as a person reads them on a terminal. */
@NullMarked
package dev.rlmbeam.pipelines.turns;

import org.jspecify.annotations.NullMarked;
