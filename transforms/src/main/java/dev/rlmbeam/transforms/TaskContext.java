package dev.rlmbeam.transforms;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.rlmbeam.sandbox.repl.ContextException;
import dev.rlmbeam.sandbox.repl.ContextSource;
import dev.rlmbeam.transforms.rlm.ContextShape;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.jspecify.annotations.Nullable;

/** A task's context as a source of bytes. */
final class TaskContext implements ContextSource {
  /**
   * Digits of a number: Python itself reads no more, and the time for reading one grows with their
   * square.
   */
  private static final int MOST_DIGITS = 4300;

  // A context may be one long string: what bounds it is the input's own limit on a row.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNumberLength(MOST_DIGITS)
                  .build())
          .build();

  private final RlmContext context;

  /** An inline context as it goes into the sandbox; made once, when it is first needed. */
  private byte @Nullable [] encoded;

  TaskContext(RlmContext context) {
    this.context = context;
  }

  /**
   * What the model is told of the context.
   *
   * @throws ContextException when JSON is none, or cannot be read
   */
  ContextShape shape() {
    if (!context.json()) {
      return context instanceof RlmContext.Inline inline
          ? ContextShape.ofText(inline.value())
          : ContextShape.streamedText();
    }
    try (JsonParser json = parser()) {
      return ContextShape.ofJson(json);
    } catch (JsonProcessingException e) {
      throw new ContextException(place(), "the context is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ContextException(place(), "the context cannot be read: " + e.getMessage(), e);
    }
  }

  private JsonParser parser() throws IOException {
    return context instanceof RlmContext.Inline inline
        ? JSON.createParser(inline.value())
        : JSON.createParser(open());
  }

  @Override
  public String name() {
    return "context";
  }

  @Override
  public Type type() {
    return context.json() ? Type.JSON : Type.TEXT;
  }

  @Override
  public Optional<String> sha256() {
    if (context instanceof RlmContext.Inline inline) {
      try {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes(inline));
        return Optional.of(HexFormat.of().formatHex(hash));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }
    return Optional.empty();
  }

  @Override
  public String place() {
    return context instanceof RlmContext.Ref ref ? ref.uri() : "inline";
  }

  @Override
  public InputStream open() throws IOException {
    if (context instanceof RlmContext.Inline inline) {
      return new ByteArrayInputStream(bytes(inline));
    }
    String uri = place();
    ResourceId found = find(uri);
    Path local = localPath(uri);
    if (local != null && !Files.isRegularFile(local)) {
      // A pipe or a device could keep the worker waiting for ever.
      throw new FileNotFoundException(uri + " is no regular file");
    }
    return Channels.newInputStream(FileSystems.open(found));
  }

  private synchronized byte[] bytes(RlmContext.Inline inline) {
    byte[] bytes = encoded;
    if (bytes == null) {
      bytes = inline.value().getBytes(StandardCharsets.UTF_8);
      encoded = bytes;
    }
    return bytes;
  }

  private static ResourceId find(String uri) throws IOException {
    MatchResult match;
    try {
      match = FileSystems.match(uri);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          uri + " is of a kind that this build cannot read; " + FileSystemAddOn.cure(uri), e);
    }
    if (match.status() != MatchResult.Status.OK || match.metadata().isEmpty()) {
      throw new FileNotFoundException("there is no file at " + uri);
    }
    ResourceId found = match.metadata().get(0).resourceId();
    boolean pattern = uri.contains("*") || uri.contains("?") || uri.contains("[");
    if (match.metadata().size() > 1
        || (pattern && !uri.endsWith(String.valueOf(found.getFilename())))) {
      throw new FileNotFoundException(uri + " is a pattern; a context is one file");
    }
    return found;
  }

  private static @Nullable Path localPath(String uri) {
    if (uri.startsWith("file:")) {
      return Path.of(URI.create(uri.replace(" ", "%20")));
    }
    return uri.contains("://") ? null : Path.of(uri);
  }
}
