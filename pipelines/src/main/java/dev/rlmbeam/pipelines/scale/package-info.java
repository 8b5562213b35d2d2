/** How long a run of any size takes, what it costs, and what bounds it: foreseen, not run. */
@NullMarked
package dev.rlmbeam.pipelines.scale;

import org.jspecify.annotations.NullMarked;
