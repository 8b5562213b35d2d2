package dev.rlmbeam.sandbox.modal;

/**
 * As whom Modal is called. Immutable; its secret is never printed.
 *
 * @param id looks like {@code ak-...}
 * @param secret looks like {@code as-...}
 */
public record ModalToken(String id, String secret) {

  public ModalToken {
    requireHeader("token id", id);
    requireHeader("token secret", secret);
  }

  /** A line break or the like would end the header early, and the rest would say who knows what. */
  private static void requireHeader(String name, String value) {
    if (value.isEmpty() || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "the " + name + " is empty or holds characters that no token has");
    }
  }

  @Override
  public String toString() {
    return id + ":****";
  }
}
