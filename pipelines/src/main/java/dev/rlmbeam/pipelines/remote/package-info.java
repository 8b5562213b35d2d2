/** What a launcher and the workers of a run in other processes tell each other, by files. */
@NullMarked
package dev.rlmbeam.pipelines.remote;

import org.jspecify.annotations.NullMarked;
