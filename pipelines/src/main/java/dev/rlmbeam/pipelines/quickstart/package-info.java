/** The quickstart: questions over documents that it makes itself, and what came of them. */
@NullMarked
package dev.rlmbeam.pipelines.quickstart;

import org.jspecify.annotations.NullMarked;
