/** Programs for tests of what uses sandboxes: sessions without processes. */
@NullMarked
package dev.rlmbeam.sandbox.testing;

import org.jspecify.annotations.NullMarked;
