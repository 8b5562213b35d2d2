package dev.rlmbeam.sandbox;

/** How elements share sandboxes. */
public enum Isolation {
  /** A sandbox serves several elements, each in a session of its own. */
  BUNDLE,
  /** A fresh sandbox for each element. */
  ELEMENT
}
