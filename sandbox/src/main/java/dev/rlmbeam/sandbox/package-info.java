/** What a sandbox is, and how one is opened, wherever it runs. */
@NullMarked
package dev.rlmbeam.sandbox;

import org.jspecify.annotations.NullMarked;
