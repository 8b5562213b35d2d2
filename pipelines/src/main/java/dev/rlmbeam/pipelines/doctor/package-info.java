/** What this machine has for a run, what is missing, and the command that mends it. */
@NullMarked
package dev.rlmbeam.pipelines.doctor;

import org.jspecify.annotations.NullMarked;
