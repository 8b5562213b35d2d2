package dev.rlmbeam.sandbox.testing.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Words of a line of a Dockerfile. */
final class DockerWords {
  private DockerWords() {}

  /**
   * Splits at blanks outside of quotes, and takes the quotes away.
   *
   * @throws IllegalArgumentException when a quote does not end
   */
  static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
        }
        word.setLength(0);
        inWord = false;
        continue;
      }
      inWord = true;
      if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
        word.append(text.charAt(++i));
      } else {
        word.append(c);
      }
    }
    if (quote != 0) {
      throw new IllegalArgumentException("a quote does not end in: " + text);
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }

  /** A list in JSON, as {@code CMD} and {@code COPY} may have it. */
  static Optional<List<String>> json(String text) {
    if (!text.startsWith("[")) {
      return Optional.empty();
    }
    try {
      return Optional.of(List.of(new ObjectMapper().readValue(text, String[].class)));
    } catch (JsonProcessingException e) {
      return Optional.empty(); // then it is a command of the shell
    }
  }
}
