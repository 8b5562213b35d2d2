/** The options of a run: declared once, read from a command line, explained when they are wrong. */
@NullMarked
package dev.rlmbeam.pipelines.options;

import org.jspecify.annotations.NullMarked;
