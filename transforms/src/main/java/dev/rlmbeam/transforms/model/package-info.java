/** Language models and how they are called. Knows nothing of Beam and nothing of sandboxes. */
@NullMarked
package dev.rlmbeam.transforms.model;

import org.jspecify.annotations.NullMarked;
