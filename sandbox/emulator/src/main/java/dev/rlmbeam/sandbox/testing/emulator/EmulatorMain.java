package dev.rlmbeam.sandbox.testing.emulator;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.sandbox.SandboxSetupException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link ModalEmulator} as a program: prints one line of JSON and runs until it is ended. */
public final class EmulatorMain {
  private static final Logger log = LoggerFactory.getLogger(EmulatorMain.class);

  private EmulatorMain() {}

  /** Runs until SIGTERM, Ctrl-C, or with {@code --endWithStdin} the end of stdin. */
  public static void main(String[] args) {
    int code = run(args, System.in, System.out, System.err);
    // Not while the process is ending already: that would wait for itself.
    if (code != 0) {
      System.exit(code);
    }
  }

  /**
   * The same with stdin left alone.
   *
   * @return the exit code
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return run(args, InputStream.nullInputStream(), out, err);
  }

  /**
   * Starts an emulator and returns when it has ended, with everything in it.
   *
   * @param in read only with {@code --endWithStdin}
   * @return 0 when it was ended, 2 for bad options and where it cannot be started, as {@code err}
   *     says
   */
  public static int run(String[] args, InputStream in, PrintStream out, PrintStream err) {
    EmulatorArguments arguments;
    try {
      arguments = EmulatorArguments.parse(args);
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      return 2;
    }
    if (arguments.help()) {
      out.print(EmulatorArguments.HELP);
      return 0;
    }
    try (ModalEmulator emulator = ModalEmulator.start(arguments.options())) {
      CountDownLatch ended = new CountDownLatch(1);
      // The process's end waits for this thread, and with it for the sandboxes'.
      Thread closer =
          new Thread(
              () -> {
                ended.countDown();
                emulator.close();
              },
              "emulator-end");
      Runtime.getRuntime().addShutdownHook(closer);
      try {
        out.println(describe(emulator));
        out.flush();
        if (arguments.endWithStdin()) {
          readToEnd(in);
        } else {
          ended.await();
        }
      } finally {
        removeHook(closer);
      }
      return 0;
    } catch (SandboxSetupException e) {
      err.println(e.getMessage());
      return 2;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever runs this wants it to end
      return 0;
    }
  }

  private static void removeHook(Thread closer) {
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(closer);
    } catch (IllegalStateException e) {
      log.debug("the process is ending, and the hook at work", e);
    }
  }

  private static void readToEnd(InputStream in) {
    try {
      long unused = in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      log.debug("stdin cannot be read any more, which is its end, too", e);
    }
  }

  private static String describe(ModalEmulator emulator) {
    return new ObjectMapper()
        .createObjectNode()
        .put("serverUrl", emulator.serverUrl())
        .put("caCertificate", emulator.caCertificate().toString())
        .put("tokenId", emulator.tokenId())
        .put("tokenSecret", emulator.tokenSecret())
        .toString();
  }
}
