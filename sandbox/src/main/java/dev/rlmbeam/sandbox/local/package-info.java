/** Sandboxes as local processes, in bubblewrap where it works. */
@NullMarked
package dev.rlmbeam.sandbox.local;

import org.jspecify.annotations.NullMarked;
