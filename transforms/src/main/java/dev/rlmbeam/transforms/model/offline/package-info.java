/**
 * The keyword matcher that stands in for a language model where there is none: no account, no key,
 * no network. It understands nothing and knows no data set.
 */
@NullMarked
package dev.rlmbeam.transforms.model.offline;

import org.jspecify.annotations.NullMarked;
