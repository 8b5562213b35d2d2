/** What a run came to: its summary, and what a person sees while it goes on. */
@NullMarked
package dev.rlmbeam.pipelines.report;

import org.jspecify.annotations.NullMarked;
