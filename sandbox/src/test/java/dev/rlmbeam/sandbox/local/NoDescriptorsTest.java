package dev.rlmbeam.sandbox.local;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static com.google.common.truth.TruthJUnit.assume;

import dev.rlmbeam.sandbox.fixtures.ChildJvm;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The forwarder of a process that has used up its descriptors. */
@Timeout(120)
final class NoDescriptorsTest {
  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

  @TempDir private Path folder;

  /** Once to load all classes, which takes descriptors, and once more without any. */
  public static void main(String[] args) throws Exception {
    Path socket = Path.of(args[0], "agent.sock");
    try (ServerSocketChannel agent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      agent.bind(UnixDomainSocketAddress.of(socket));
      TunnelForwarder forwarder = TunnelForwarder.start();
      int port = forwarder.open(socket, Path.of(args[0], "pin")).port();
      long unused = busyNanos(forwarder, agent, port, "");
      System.out.println("busy " + busyNanos(forwarder, agent, port, "3"));
      forwarder.close();
    }
    System.out.println("served");
  }

  private static long busyNanos(
      TunnelForwarder forwarder, ServerSocketChannel agent, int port, String limit)
      throws Exception {
    String prlimit = PRLIMIT + " --pid " + ProcessHandle.current().pid() + " --nofile";
    String script =
        String.format(
            "was=$(%1$s -o SOFT --noheadings | tr -d ' '); trap '' PIPE; l=%2$s;"
                + " %1$s=${l:-$was}: && echo limited; read go; %1$s=$was:",
            prlimit, limit);
    Process limiting = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
    try (SocketChannel client = SocketChannel.open()) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
      int said = limiting.getInputStream().read();
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long before = threads.getThreadCpuTime(forwarder.threadId());

      client.connect(address);
      boolean unused = Leftovers.within(Duration.ofMillis(500), () -> false);

      long busy = threads.getThreadCpuTime(forwarder.threadId()) - before;
      limiting.getOutputStream().write('\n');
      limiting.getOutputStream().flush();
      if (limiting.waitFor() != 0 || said != 'l') {
        throw new IllegalStateException("the limit could not be set");
      }
      try (SocketChannel served = agent.accept()) {
        client.write(ByteBuffer.wrap(new byte[] {7}));
        if (served.read(ByteBuffer.allocate(1)) != 1) {
          throw new IllegalStateException("not served afterwards");
        }
      }
      return busy;
    }
  }

  @Test
  void restsWhileThereAreNone() throws Exception {
    assume().that(Files.isExecutable(PRLIMIT)).isTrue();

    try (ChildJvm child =
        ChildJvm.start(NoDescriptorsTest.class, List.of("-Xmx64m"), folder.toString())) {
      int exitCode = child.exitCode(Duration.ofMinutes(1));

      assertWithMessage(child.output()).that(exitCode).isEqualTo(0);
      assertThat(child.output()).contains("served\n");
      String busy =
          child.output().lines().filter(line -> line.startsWith("busy ")).findFirst().get();
      // Of its processor's time, out of 500 ms in which it had nothing to do.
      assertThat(Duration.ofNanos(Long.parseLong(busy.substring(5))))
          .isLessThan(Duration.ofMillis(150));
    }
  }
}
