/** Sandboxes in Modal's cloud: credentials, calls, images, and the life of a sandbox there. */
@NullMarked
package dev.rlmbeam.sandbox.modal;

import org.jspecify.annotations.NullMarked;
