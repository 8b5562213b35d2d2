/** What people run: the batch pipeline and the command line around it. */
@NullMarked
package dev.rlmbeam.pipelines;

import org.jspecify.annotations.NullMarked;
