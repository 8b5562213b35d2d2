package dev.rlmbeam.transforms.model;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a key is to be found: {@code env:NAME} (an environment variable), {@code file:PATH} (a file
 * that holds nothing else) or {@code gcp-secret:projects/P/secrets/S/versions/V} (Google's Secret
 * Manager). It travels with the job; the key itself is read on the worker that uses it. Immutable.
 */
public final class SecretRef implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Pattern ENV_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  // A header of more than this is refused by the services, and a wrong path may be a huge file.
  private static final int MAX_KEY_BYTES = 16 * 1024;

  private enum Form {
    ENVIRONMENT("env:"),
    FILE("file:"),
    SECRET_MANAGER("gcp-secret:");

    private final String prefix;

    Form(String prefix) {
      this.prefix = prefix;
    }
  }

  private final Form form;
  private final String place;

  private SecretRef(Form form, String place) {
    this.form = form;
    this.place = place;
  }

  /**
   * Reads {@code env:NAME}, {@code file:PATH} or {@code gcp-secret:VERSION}.
   *
   * @throws IllegalArgumentException for anything else, a key itself above all; the message does
   *     not repeat the text, which may be a key
   */
  public static SecretRef parse(String text) {
    if (text.startsWith("env:") && ENV_NAME.matcher(text.substring(4)).matches()) {
      return new SecretRef(Form.ENVIRONMENT, text.substring(4));
    }
    if (text.startsWith("file:") && text.length() > 5) {
      return new SecretRef(Form.FILE, text.substring(5));
    }
    String secret = Form.SECRET_MANAGER.prefix;
    if (text.startsWith(secret)
        && SecretManager.VERSION.matcher(text.substring(secret.length())).matches()) {
      return new SecretRef(Form.SECRET_MANAGER, text.substring(secret.length()));
    }
    throw new IllegalArgumentException(
        "a key is given as env:NAME or file:PATH, or on Google Cloud as"
            + " gcp-secret:projects/P/secrets/S/versions/V; a key itself is refused, because it would stand"
            + " in the process list and in the job's graph. Put it into an environment variable or"
            + " a file and name that, for example env:OPENAI_API_KEY");
  }

  /**
   * The key itself, read now on this machine, for those who hand it to a service other than a
   * model's. Whoever asks keeps it out of logs, messages and whatever is written.
   *
   * @throws ModelException of kind {@code REFUSED} when it is not there or cannot be a key
   */
  public String read() {
    return resolve(name -> Optional.ofNullable(System.getenv(name))).reveal();
  }

  /**
   * The key, read now.
   *
   * @throws ModelException of kind {@code REFUSED} when it is not there or cannot be a key
   */
  Secret resolve(Function<String, Optional<String>> environmentVariables) {
    return resolve(environmentVariables, new SecretManager());
  }

  Secret resolve(
      Function<String, Optional<String>> environmentVariables, SecretManager secretManager) {
    String key =
        switch (form) {
          case ENVIRONMENT -> fromEnvironment(environmentVariables);
          case FILE -> fromFile();
          case SECRET_MANAGER -> fromSecretManager(secretManager);
        };
    for (int i = 0; i < key.length(); i++) {
      if (key.charAt(i) <= ' ' || key.charAt(i) > '~') {
        throw refused(
            "the key from " + this + " holds a space, a line break or a non-ASCII character", null);
      }
    }
    return new Secret(key);
  }

  private String fromEnvironment(Function<String, Optional<String>> environmentVariables) {
    String value = environmentVariables.apply(place).orElse("").strip();
    if (value.isEmpty()) {
      throw refused(
          "the environment variable "
              + place
              + " is not set; export it, or name another place for the key (env:NAME, file:PATH)",
          null);
    }
    return value;
  }

  private String fromSecretManager(SecretManager secretManager) {
    String value = secretManager.access(place).strip();
    if (value.isEmpty()) {
      throw refused("the key from " + this + " is empty", null);
    }
    return value;
  }

  private String fromFile() {
    try {
      Path path = Path.of(place);
      if (Files.size(path) > MAX_KEY_BYTES) {
        throw refused("the key file " + place + " has more than " + MAX_KEY_BYTES + " bytes", null);
      }
      String value = Files.readString(path).strip();
      if (value.isEmpty()) {
        throw refused("the key file " + place + " is empty", null);
      }
      return value;
    } catch (IOException | InvalidPathException e) {
      throw refused(
          "the key file " + place + " cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
  }

  private static ModelException refused(String message, @Nullable Throwable cause) {
    return cause == null
        ? new ModelException(ModelException.Kind.REFUSED, 0, message)
        : new ModelException(ModelException.Kind.REFUSED, 0, message, cause);
  }

  /** As it was written: the place, never the key. */
  @Override
  public String toString() {
    return form.prefix + place;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretRef that && form == that.form && place.equals(that.place);
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
