/** {@code rlm bench}: how fast this machine is at what a run does, by the path that a run takes. */
@NullMarked
package dev.rlmbeam.pipelines.bench;

import org.jspecify.annotations.NullMarked;
