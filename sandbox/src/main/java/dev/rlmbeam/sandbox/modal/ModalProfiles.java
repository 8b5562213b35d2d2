package dev.rlmbeam.sandbox.modal;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.rlmbeam.sandbox.SandboxSetupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The profiles of {@code ~/.modal.toml}. Immutable.
 *
 * <p>Which one counts without being named follows Modal's Python SDK and not its JavaScript one:
 * the file is written by the Python command line ({@code modal setup}), so what works there works
 * here. That is: the one with {@code active = true}; else, of a file with one profile only, the
 * profile {@code default}; a file with several and none active, or two active, is an error. (In
 * JavaScript no active profile is no profile at all.)
 */
final class ModalProfiles {
  private static final String DEFAULT = "default";

  private final Path file;
  private final Map<String, JsonNode> profiles;

  private ModalProfiles(Path file, Map<String, JsonNode> profiles) {
    this.file = file;
    this.profiles = profiles;
  }

  /**
   * Reads the file; one that does not exist holds no profiles.
   *
   * @throws SandboxSetupException when it cannot be read; the message names the line
   */
  static ModalProfiles read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      return new ModalProfiles(file, Map.of());
    } catch (IOException e) {
      throw new SandboxSetupException(file + " cannot be read: " + e, e);
    }
    Map<String, JsonNode> profiles = new TreeMap<>();
    try {
      JsonNode root = new TomlMapper().readTree(text);
      root.fields()
          .forEachRemaining(
              entry -> {
                if (entry.getValue().isObject()) {
                  profiles.put(entry.getKey(), entry.getValue());
                }
              });
    } catch (JsonProcessingException e) {
      JsonLocation place = e.getLocation();
      // Its own message would quote the line, and the line may hold a secret.
      String where =
          place == null ? "" : ":" + place.getLineNr() + ", column " + place.getColumnNr();
      throw new SandboxSetupException(
          file + where + ": this is not valid TOML; mend the line, or run: modal token new");
    }
    return new ModalProfiles(file, profiles);
  }

  /**
   * The profile of this name.
   *
   * @throws SandboxSetupException when there is none
   */
  Profile named(String name) {
    JsonNode values = profiles.get(name);
    if (values == null) {
      throw new SandboxSetupException(
          String.format(
              "there is no profile %s in %s; it has: %s",
              name, file, profiles.isEmpty() ? "none" : String.join(", ", profiles.keySet())));
    }
    return new Profile(name, values);
  }

  /**
   * The profile that counts without being named, if there is one.
   *
   * @throws SandboxSetupException when the file does not say which
   */
  Optional<Profile> active() {
    List<String> active = new ArrayList<>();
    profiles.forEach(
        (name, values) -> {
          if (values.path("active").asBoolean(false)) {
            active.add(name);
          }
        });
    if (active.size() > 1) {
      throw new SandboxSetupException(
          String.format(
              "%s has several active profiles (%s); leave active = true in one, or set"
                  + " MODAL_PROFILE",
              file, String.join(", ", active)));
    }
    if (active.size() == 1) {
      return Optional.of(named(active.get(0)));
    }
    if (profiles.size() > 1) {
      throw new SandboxSetupException(
          String.format(
              "%s has several profiles (%s) and none of them is active; run: modal profile activate"
                  + " NAME, or set MODAL_PROFILE",
              file, String.join(", ", profiles.keySet())));
    }
    return profiles.containsKey(DEFAULT) ? Optional.of(named(DEFAULT)) : Optional.empty();
  }

  /** One table of the file. */
  final class Profile {
    private final String name;
    private final JsonNode values;

    private Profile(String name, JsonNode values) {
      this.name = name;
      this.values = values;
    }

    /**
     * A value, if it is there.
     *
     * @throws SandboxSetupException when it is neither text nor a number
     */
    Optional<String> value(String key) {
      JsonNode value = values.path(key);
      if (value.isMissingNode()) {
        return Optional.empty();
      }
      if (!value.isTextual() && !value.isNumber()) {
        throw new SandboxSetupException(
            String.format("%s: %s of profile %s must be text", file, key, name));
      }
      return Optional.of(value.asText());
    }

    String describe() {
      return "profile " + name + " of " + file;
    }
  }
}
