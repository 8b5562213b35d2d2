package dev.rlmbeam.sandbox.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * What a sandbox's process writes: the line that says it is ready, and the end of all the rest for
 * whoever asks what went wrong. A thread of its own reads, as a full pipe would stop the process.
 * Thread-safe.
 */
final class SandboxOutput {
  private static final int MAX_LINE_BYTES = 64 * 1024;

  /** Whose output it is. */
  enum Kind {
    /** An agent's, both streams in one; it may say something before it is ready. */
    AGENT(8 * 1024),
    /** A program's stdout, after a first line of the relay's that does not belong to it. */
    PROGRAM(256 * 1024),
    /** A program's stderr. */
    ERRORS(256 * 1024);

    private final int tailBytes;

    Kind(int tailBytes) {
      this.tailBytes = tailBytes;
    }
  }

  private final Kind kind;
  private final InputStream in;
  private final Thread thread;
  private final CompletableFuture<String> readyLine = new CompletableFuture<>();

  @GuardedBy("this")
  private byte[] tail = new byte[0];

  @GuardedBy("this")
  private long written;

  SandboxOutput(String sandboxId, InputStream in, Kind kind) {
    this.in = in;
    this.kind = kind;
    String name = kind == Kind.ERRORS ? "sandbox-errors-" : "sandbox-output-";
    thread = new Thread(this::run, name + sandboxId);
    thread.setDaemon(true);
    thread.start();
  }

  /** The line that says it is ready; fails when the output ends without one. */
  CompletableFuture<String> readyLine() {
    return readyLine;
  }

  /** The last lines, at most 8 KiB of an agent's, and 256 KiB of each stream of a program's. */
  synchronized String tail() {
    return new String(tail, StandardCharsets.UTF_8).strip();
  }

  /** What came after so many bytes, as far as it is kept. */
  synchronized LocalProgram.Output after(long start) {
    int n = (int) Math.min(tail.length, Math.max(0, written - start));
    return new LocalProgram.Output(Arrays.copyOfRange(tail, tail.length - n, tail.length), written);
  }

  /** Whether there will be no more. */
  boolean ended() {
    return !thread.isAlive();
  }

  /** Waits a little for the end of the output, which comes with the end of the process. */
  void awaitEnd(long millis) throws InterruptedException {
    thread.join(millis);
  }

  private void run() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    byte[] piece = new byte[4096];
    try (in) {
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        if (kind != Kind.PROGRAM || readyLine.isDone()) {
          keep(piece, 0, n);
        }
        if (!readyLine.isDone() && kind != Kind.ERRORS) {
          int rest = findReadyLine(line, piece, n);
          if (kind == Kind.PROGRAM) {
            keep(piece, rest, n - rest);
          }
        }
      }
    } catch (IOException e) {
      keep(piece, 0, 0); // the process was destroyed; what it said is kept
    } finally {
      readyLine.completeExceptionally(new IOException("the process ended before it was ready"));
    }
  }

  /** Where in the piece that line ends; at the piece's end if it does not. */
  private int findReadyLine(ByteArrayOutputStream line, byte[] piece, int n) {
    for (int i = 0; i < n; i++) {
      if (piece[i] != '\n') {
        if (line.size() < MAX_LINE_BYTES) {
          line.write(piece[i]);
        }
        continue;
      }
      String text = line.toString(StandardCharsets.UTF_8);
      line.reset();
      if (text.startsWith("{\"ready\"")) {
        readyLine.complete(text);
        return i + 1;
      }
    }
    return n;
  }

  private synchronized void keep(byte[] piece, int start, int n) {
    int old = Math.min(tail.length, kind.tailBytes - Math.min(n, kind.tailBytes));
    int fresh = Math.min(n, kind.tailBytes);
    byte[] kept = new byte[old + fresh];
    System.arraycopy(tail, tail.length - old, kept, 0, old);
    System.arraycopy(piece, start + n - fresh, kept, old, fresh);
    tail = kept;
    written += n;
  }
}
