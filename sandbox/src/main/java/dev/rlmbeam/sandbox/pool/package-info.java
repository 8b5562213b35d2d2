/** Session slots for elements, over all sandboxes of a worker. */
@NullMarked
package dev.rlmbeam.sandbox.pool;

import org.jspecify.annotations.NullMarked;
