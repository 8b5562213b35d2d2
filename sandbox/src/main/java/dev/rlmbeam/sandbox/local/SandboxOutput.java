package dev.rlmbeam.sandbox.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * What a sandbox's process writes: the line that says it is ready, and the end of all the rest for
 * whoever asks what went wrong. A thread of its own reads, as a full pipe would stop the process.
 * Thread-safe.
 */
final class SandboxOutput {
  private static final int TAIL_BYTES = 8 * 1024;
  private static final int MAX_LINE_BYTES = 64 * 1024;

  private final InputStream in;
  private final Thread thread;
  private final CompletableFuture<String> readyLine = new CompletableFuture<>();

  @GuardedBy("this")
  private byte[] tail = new byte[0];

  SandboxOutput(String sandboxId, InputStream in) {
    this.in = in;
    thread = new Thread(this::run, "sandbox-output-" + sandboxId);
    thread.setDaemon(true);
    thread.start();
  }

  /** The line in which the agent says that it is ready; fails when the output ends without one. */
  CompletableFuture<String> readyLine() {
    return readyLine;
  }

  /** The last lines, at most 8 KiB. */
  synchronized String tail() {
    return new String(tail, StandardCharsets.UTF_8).strip();
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
        keep(piece, n);
        if (!readyLine.isDone()) {
          findReadyLine(line, piece, n);
        }
      }
    } catch (IOException e) {
      keep(new byte[0], 0); // the process was destroyed; what it said is kept
    } finally {
      readyLine.completeExceptionally(new IOException("the process ended before it was ready"));
    }
  }

  private void findReadyLine(ByteArrayOutputStream line, byte[] piece, int n) {
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
        return;
      }
    }
  }

  private synchronized void keep(byte[] piece, int n) {
    int old = Math.min(tail.length, TAIL_BYTES - Math.min(n, TAIL_BYTES));
    int fresh = Math.min(n, TAIL_BYTES);
    byte[] kept = new byte[old + fresh];
    System.arraycopy(tail, tail.length - old, kept, 0, old);
    System.arraycopy(piece, n - fresh, kept, old, fresh);
    tail = kept;
  }
}
