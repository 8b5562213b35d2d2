package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.report.Figures;
import dev.rlmbeam.transforms.RlmContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The documents of one question: one is a text, several are a Python dict from name to text.
 * Checked when they are named; never whole in memory. Immutable.
 */
public final class Documents {
  private static final int HEAD_BYTES = 1 << 16;
  private static final JsonFactory JSON = new JsonFactory();

  private static final String STDIN = "standard input";

  private final List<Path> files;
  private final String first;
  private final long bytes;

  private Documents(List<Path> files, String first, long bytes) {
    this.files = files;
    this.first = first;
    this.bytes = bytes;
  }

  /**
   * Files of this machine.
   *
   * @throws UsageException when one is missing, empty or no text
   */
  public static Documents of(List<String> names) {
    List<Path> files = new ArrayList<>();
    long bytes = 0;
    for (String name : names) {
      Path file = path(name);
      try {
        bytes += size(name, file);
        requireText(name, file);
        if (names.size() > 1) {
          requireWhole(name, file);
        }
      } catch (IOException e) {
        throw new UsageException(name + " cannot be read: " + e.getMessage() + ".", e);
      }
      files.add(file);
    }
    return new Documents(List.copyOf(files), files.get(0).toString(), bytes);
  }

  /**
   * What a stream holds, in a file that the caller deletes.
   *
   * @throws UsageException when it holds nothing, or no text
   */
  public static Documents ofStream(InputStream in, Path file) throws IOException {
    long bytes;
    // Into the file as it is: who made it let nobody else read it.
    try (OutputStream out = Files.newOutputStream(file)) {
      bytes = in.transferTo(out);
    }
    if (bytes == 0) {
      throw new UsageException("Standard input is empty, so there is nothing to ask about.");
    }
    requireText("Standard input", file);
    return new Documents(List.of(file), STDIN, bytes);
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new UsageException(name + " is no path: " + e.getReason() + ".", e);
    }
  }

  private static long size(String name, Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new UsageException(
          "There is no file "
              + name
              + ".\nThe question stands last: ./rlm ask FILE... 'Who signed it?'");
    }
    if (Files.isDirectory(file)) {
      throw new UsageException(
          name
              + " is a folder; name its files ("
              + name.replaceAll("/+$", "")
              + "/*), or ask each of them: ./rlm run --input="
              + name
              + " --query=QUESTION");
    }
    if (!Files.isRegularFile(file)) {
      throw new UsageException(
          name + " is no regular file; write it into one, or give it on stdin.");
    }
    long size = Files.size(file);
    if (size == 0) {
      throw new UsageException(name + " is empty, so there is nothing to ask about.");
    }
    return size;
  }

  /** Looks at the beginning; the sandbox checks the rest, and names the byte. */
  private static void requireText(String name, Path file) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(HEAD_BYTES);
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer bytes = ByteBuffer.wrap(head);
    // The last character may go on behind the head.
    boolean bad =
        decoder.decode(bytes, CharBuffer.allocate(head.length), head.length < HEAD_BYTES).isError();
    for (int i = 0; i < head.length && !bad; i++) {
      bad = head[i] == 0;
    }
    if (bad) {
      throw new UsageException(
          name
              + " is no text in UTF-8 (byte "
              + (bytes.position() + 1)
              + "); convert it first, with pdftotext, iconv or gunzip, say.");
    }
  }

  /** Several are put together here, where the sandbox's own check would come too late. */
  private static void requireWhole(String name, Path file) throws IOException {
    char[] buffer = new char[HEAD_BYTES];
    try (BufferedReader text = Files.newBufferedReader(file)) {
      int read = text.read(buffer);
      while (read >= 0) {
        read = text.read(buffer);
      }
    } catch (CharacterCodingException e) {
      throw new UsageException(name + " is no text in UTF-8; convert it first.", e);
    }
  }

  /** True when one of them lies in a folder, which a run would clear. */
  public boolean isIn(Path folder) {
    Path whole = folder.toAbsolutePath().normalize();
    return files.stream().anyMatch(file -> file.toAbsolutePath().normalize().startsWith(whole));
  }

  /** For a person. */
  public String shown() {
    String more = files.size() == 1 ? "" : " and " + (files.size() - 1) + " more";
    return first + more + " (" + Figures.bytes(bytes) + ")";
  }

  /** Where the first one comes from. */
  public String source() {
    return first;
  }

  /**
   * The context that they are.
   *
   * @param folder where several are put together; whoever runs the task deletes it
   * @throws UsageException when one of several is no UTF-8
   */
  public RlmContext context(Path folder) throws IOException {
    if (files.size() == 1) {
      Path only = files.get(0).toAbsolutePath();
      return new RlmContext.Ref(only.toString(), bytes);
    }
    Files.createDirectories(folder);
    Path all = folder.resolve(name() + ".json");
    try (JsonGenerator json = JSON.createGenerator(Files.newBufferedWriter(all))) {
      json.writeStartObject();
      for (Path file : files) {
        json.writeFieldName(file.toString());
        try (BufferedReader text = Files.newBufferedReader(file)) {
          json.writeString(text, -1);
        } catch (CharacterCodingException e) {
          throw new UsageException(file + " is no text in UTF-8; convert it first.", e);
        }
      }
      json.writeEndObject();
    }
    return new RlmContext.Ref(all.toAbsolutePath().toString(), Files.size(all), true);
  }

  /** Of the form that a run's folder knows for its own. */
  private static String name() {
    return ContentHash.hex(UUID.randomUUID().toString());
  }
}
