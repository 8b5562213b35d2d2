package dev.rlmbeam.sandbox.repl;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * A context's bytes on their way into a sandbox, hashed and counted as they pass. Holds one piece
 * of them at a time. One thread at a time.
 */
final class ContextUpload extends RequestBody {
  private static final MediaType BYTES = MediaType.get("application/octet-stream");
  private static final int PIECE_BYTES = 256 * 1024;

  private final ContextSource source;
  private String sha256 = "";
  private long bytes;
  private long codePoints;
  private @Nullable Exception readFailure;

  ContextUpload(ContextSource source) {
    this.source = source;
  }

  @Override
  public MediaType contentType() {
    return BYTES;
  }

  /** May be called again after a broken connection; then it starts anew. */
  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    MessageDigest digest = newDigest();
    byte[] piece = new byte[PIECE_BYTES];
    bytes = 0;
    codePoints = 0;
    readFailure = null;
    try (InputStream in = openSource()) {
      for (int n = read(in, piece); n >= 0; n = read(in, piece)) {
        digest.update(piece, 0, n);
        codePoints += countCodePoints(piece, n);
        bytes += n;
        sink.write(piece, 0, n);
      }
    }
    sha256 = HexFormat.of().formatHex(digest.digest());
  }

  private InputStream openSource() throws IOException {
    try {
      return source.open();
    } catch (IOException | RuntimeException e) {
      throw readFailed(e);
    }
  }

  private int read(InputStream in, byte[] piece) throws IOException {
    try {
      return in.read(piece);
    } catch (IOException | RuntimeException e) {
      throw readFailed(e);
    }
  }

  /** As an IOException ends the call in good order, whatever the source has thrown. */
  private IOException readFailed(Exception e) {
    readFailure = e;
    return e instanceof IOException io ? io : new IOException(e);
  }

  /** Tells whether the source was at fault when a call with this body failed. */
  void requireReadable() {
    if (readFailure instanceof ContextException told) {
      throw told;
    }
    // An interrupt is no fault of the source's, though it may have been the one to hear of it.
    if (readFailure != null && !Thread.currentThread().isInterrupted()) {
      throw new ContextException(
          source.place(),
          "the context cannot be read from " + source.place() + ": " + readFailure,
          readFailure);
    }
  }

  /** What has passed, once it has passed whole. */
  LoadedContext passed() {
    return new LoadedContext(source.name(), sha256, bytes, codePoints);
  }

  /** Each code point in UTF-8 has one byte that is no continuation (10xxxxxx). */
  private static int countCodePoints(byte[] piece, int length) {
    int count = 0;
    for (int i = 0; i < length; i++) {
      // Signed: continuation bytes are -128 to -65.
      count += piece[i] >= -64 ? 1 : 0;
    }
    return count;
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
