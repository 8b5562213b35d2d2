/** All that goes through a sandbox's tunnel: sessions, code blocks, contexts, model queries. */
@NullMarked
package dev.rlmbeam.sandbox.repl;

import org.jspecify.annotations.NullMarked;
