/** How a command line is read, explained and completed; what the commands do is not known here. */
@NullMarked
package dev.rlmbeam.pipelines.cli;

import org.jspecify.annotations.NullMarked;
