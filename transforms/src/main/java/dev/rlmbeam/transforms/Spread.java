package dev.rlmbeam.transforms;

/** How tasks are spread over the workers before the RLM runs over them. */
public enum Spread {
  /** {@link #GROUPS} for bounded input on the Direct runner, else {@link #RESHUFFLE}. */
  AUTO,
  /**
   * Sixteen groups by a hash of the id: few and large bundles on the Direct runner, which makes a
   * bundle of every reshuffled element.
   */
  GROUPS,
  /** Beam's Reshuffle with random keys. */
  RESHUFFLE,
  /** Not at all: the input is spread already, or one bundle is what is wanted. */
  NONE
}
