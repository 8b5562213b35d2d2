/** From files to tasks, and from results and failures to files. */
@NullMarked
package dev.rlmbeam.pipelines.io;

import org.jspecify.annotations.NullMarked;
