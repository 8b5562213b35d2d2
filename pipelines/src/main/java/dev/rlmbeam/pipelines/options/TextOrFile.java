package dev.rlmbeam.pipelines.options;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A value that is given itself or, as {@code @file}, in a local file. */
public final class TextOrFile {
  private TextOrFile() {}

  /**
   * The text. A file's last line break is not part of it.
   *
   * @throws UsageException when the file cannot be read as UTF-8
   */
  public static String read(String option, String value) {
    if (!value.startsWith("@")) {
      return value;
    }
    Path file = Path.of(value.substring(1));
    try {
      return Files.readString(file).replaceFirst("\\R\\z", "");
    } catch (NoSuchFileException e) {
      throw new UsageException("--" + option + "=" + value + ": there is no file " + file + ".", e);
    } catch (CharacterCodingException e) {
      throw new UsageException("--" + option + "=" + value + ": the file is not UTF-8.", e);
    } catch (IOException e) {
      throw new UsageException(
          "--" + option + "=" + value + ": the file cannot be read: " + e.getMessage(), e);
    }
  }
}
