package dev.rlmbeam.transforms.model;

/**
 * One message of a conversation. Immutable.
 *
 * @param role who speaks
 * @param content what is said, never null; may be empty
 */
public record ChatMessage(Role role, String content) {

  /** Who speaks. */
  public enum Role {
    /** Instructions; only root models have them. */
    SYSTEM,
    /** The one who asks. */
    USER,
    /** The model. */
    ASSISTANT;

    /** As on the wire: {@code system}, {@code user}, {@code assistant}. */
    public String wireName() {
      return switch (this) {
        case SYSTEM -> "system";
        case USER -> "user";
        case ASSISTANT -> "assistant";
      };
    }
  }

  /** What the model is told about its part, before all else. */
  public static ChatMessage system(String content) {
    return new ChatMessage(Role.SYSTEM, content);
  }

  /** What the model is asked or shown. */
  public static ChatMessage user(String content) {
    return new ChatMessage(Role.USER, content);
  }

  /** What the model itself said. */
  public static ChatMessage assistant(String content) {
    return new ChatMessage(Role.ASSISTANT, content);
  }
}
