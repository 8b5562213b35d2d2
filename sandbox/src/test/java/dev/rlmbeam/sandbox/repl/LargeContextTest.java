package dev.rlmbeam.sandbox.repl;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.fixtures.ChildJvm;
import dev.rlmbeam.sandbox.local.LocalOptions;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A context that is larger than the heap of the process that sends it. */
@Timeout(200)
final class LargeContextTest {
  private static final int PIECES = 1_150;
  private static final int PIECE_CHARS = 40_000;

  /** Sends it and prints how it stands in the sandbox; runs in a process with a small heap. */
  public static void main(String[] args) throws Exception {
    try (LocalSandboxes sandboxes =
            LocalSandboxes.create(LocalOptions.defaults().withPlainAllowed(true));
        TunnelHttp http = new TunnelHttp(TunnelOptions.defaults());
        Sandbox sandbox = sandboxes.open(SandboxSpec.defaults());
        SandboxConnection connection =
            SandboxConnection.open(sandbox, SandboxSpec.defaults(), http, () -> {})) {
      long start = System.nanoTime();
      LoadedContext loaded = connection.upload(new Noise(), Duration.ofMinutes(2));
      BoundContext bound = new BoundContext(loaded, ContextSource.Type.TEXT, "noise");
      long uploaded = System.nanoTime();
      try (ReplSession session =
          connection.openSession(
              List.of(bound),
              query -> new CompletableFuture<>(),
              Duration.ofMinutes(2),
              clean -> {})) {
        long opened = System.nanoTime();
        ExecutionResult result =
            session.execute(
                "import hashlib\n"
                    + "print(hashlib.sha256(context.encode()).hexdigest(), len(context))",
                Duration.ofMinutes(2));
        System.out.println("sandbox " + result.stdout().strip());
        System.out.println("host " + loaded.sha256() + " " + loaded.codePoints());
        System.out.printf(
            "FIGURE context of %d MB: uploaded %d ms, session %d ms%n",
            loaded.bytes() / 1_000_000,
            (uploaded - start) / 1_000_000,
            (opened - uploaded) / 1_000_000);
      }
    }
  }

  @Test
  void aHundredMegabytesPassThroughASmallHeapExactly() throws Exception {
    String output;
    try (ChildJvm child = ChildJvm.start(LargeContextTest.class, List.of("-Xmx40m"))) {
      int exitCode = child.exitCode(Duration.ofSeconds(150));
      output = child.output();
      assertWithMessage(output).that(exitCode).isEqualTo(0);
    }
    System.out.println(output.substring(output.indexOf("FIGURE")).lines().findFirst().get());
    Expected expected = Expected.read();
    assertThat(output).contains("sandbox " + expected.sha256 + " " + expected.codePoints + "\n");
    assertThat(output).contains("host " + expected.sha256 + " " + expected.codePoints + "\n");
    assertThat(expected.bytes).isGreaterThan(100_000_000L);
  }

  /** What must arrive, counted another way than the code under test does it. */
  private record Expected(String sha256, long codePoints, long bytes) {
    static Expected read() throws Exception {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      Random random = new Random(1);
      long codePoints = 0;
      long bytes = 0;
      for (int i = 0; i < PIECES; i++) {
        String piece = Noise.piece(random);
        byte[] encoded = piece.getBytes(StandardCharsets.UTF_8);
        digest.update(encoded);
        codePoints += piece.codePointCount(0, piece.length());
        bytes += encoded.length;
      }
      return new Expected(HexFormat.of().formatHex(digest.digest()), codePoints, bytes);
    }
  }

  /** Random text with characters of one to four bytes, made as it is read. */
  private static final class Noise implements ContextSource {
    static String piece(Random random) {
      StringBuilder text = new StringBuilder(PIECE_CHARS);
      while (text.length() < PIECE_CHARS) {
        int kind = random.nextInt(10);
        text.appendCodePoint(
            kind == 0
                ? 0x1F600 + random.nextInt(60)
                : kind < 4 ? 1 + random.nextInt(0x7f) : 0x3000 + random.nextInt(0x6000));
      }
      return text.toString();
    }

    @Override
    public String name() {
      return "context";
    }

    @Override
    public Type type() {
      return Type.TEXT;
    }

    @Override
    public Optional<String> sha256() {
      return Optional.empty();
    }

    @Override
    public String place() {
      return "noise";
    }

    @Override
    public InputStream open() {
      Random random = new Random(1);
      return new InputStream() {
        private byte[] piece = new byte[0];
        private int at;
        private int pieces;

        @Override
        public int read() {
          byte[] one = new byte[1];
          return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
          if (at == piece.length) {
            if (pieces++ == PIECES) {
              return -1;
            }
            piece = piece(random).getBytes(StandardCharsets.UTF_8);
            at = 0;
          }
          int n = Math.min(length, piece.length - at);
          System.arraycopy(piece, at, buffer, offset, n);
          at += n;
          return n;
        }
      };
    }
  }
}
