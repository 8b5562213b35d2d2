package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.transforms.rlm.FailureClass;

/** A row cannot be used. The message says what is wrong with it and what to do. */
final class BadRowException extends Exception {
  private static final long serialVersionUID = 1L;

  private final FailureClass errorClass;

  BadRowException(FailureClass errorClass, String message) {
    super(message);
    this.errorClass = errorClass;
  }

  static BadRowException ofInput(String message) {
    return new BadRowException(FailureClass.INPUT_INVALID, message);
  }

  static BadRowException ofContext(String message) {
    return new BadRowException(FailureClass.CONTEXT_INVALID, message);
  }

  FailureClass errorClass() {
    return errorClass;
  }
}
