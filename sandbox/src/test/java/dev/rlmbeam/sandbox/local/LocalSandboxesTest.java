package dev.rlmbeam.sandbox.local;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.TruthJUnit.assume;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class LocalSandboxesTest {
  private static final SandboxSpec SPEC = SandboxSpec.defaults();

  private static LocalSandboxes create(LocalIsolation isolation) throws InterruptedException {
    LocalOptions options = LocalOptions.defaults().withIsolation(isolation);
    try {
      return LocalSandboxes.create(options);
    } catch (SandboxSetupException e) {
      assume().withMessage(e.getMessage()).that(isolation).isEqualTo(LocalIsolation.NONE);
      throw e;
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "BUBBLEWRAP"})
  void opensSandboxesAndLeavesNothingBehind(LocalIsolation isolation) throws Exception {
    int processesBefore = Leftovers.processes().size();
    try (LocalSandboxes sandboxes = create(isolation)) {
      Sandbox first = sandboxes.open(SPEC);
      Sandbox second = sandboxes.open(SPEC);

      assertThat(first.isAlive()).isTrue();
      assertThat(first.id()).isNotEqualTo(second.id());
      assertThat(first.tunnel()).isNotEqualTo(second.tunnel());
      assertThat(first.sessionsApart()).isEqualTo(sandboxes.sessionsApart());
      first.close();
      first.close();
      assertThat(first.isAlive()).isFalse();
      assertThat(second.isAlive()).isTrue();
    }

    assertThat(Leftovers.threads()).isEmpty();
    assertThat(Leftovers.processes()).hasSize(processesBefore);
  }

  @Test
  void whoClosesASandboxThatSomebodyElseClosesWaitsForItsEnd(@TempDir Path folder)
      throws Exception {
    LocalOptions options =
        LocalOptions.defaults().withIsolation(LocalIsolation.NONE).withWorkFolder(folder);
    try (LocalSandboxes sandboxes = LocalSandboxes.create(options)) {
      Sandbox sandbox = sandboxes.open(SPEC);
      Thread first = new Thread(sandbox::close);
      first.start();
      assertThat(Leftovers.within(Duration.ofSeconds(10), () -> !sandbox.isAlive())).isTrue();

      sandbox.close();

      try (Stream<Path> left = Files.walk(folder)) {
        assertThat(left.map(path -> path.getFileName().toString()).toList())
            .doesNotContain(sandbox.id());
      }
      first.join(10_000);
    }
  }

  @Test
  void saysWhatItUses() throws Exception {
    try (LocalSandboxes sandboxes = create(LocalIsolation.NONE)) {
      assertThat(sandboxes.isolationName()).isEqualTo("none");
      assertThat(sandboxes.isolationTrouble()).isEmpty();
      assertThat(sandboxes.describe()).startsWith("local, plain process, ");
      assertThat(sandboxes.describe()).contains("Python 3.");
    }
    try (LocalSandboxes sandboxes = create(LocalIsolation.BUBBLEWRAP)) {
      assertThat(sandboxes.isolationName()).isEqualTo("bubblewrap");
      assertThat(sandboxes.describe()).startsWith("local, bubblewrap, ");
    }
  }

  @Test
  void bubblewrapThatDoesNotWorkIsTroubleWithACure() throws Exception {
    PythonRuntime python = PythonRuntime.find("python3");

    IsolationProbe probe =
        IsolationProbe.probe(java.util.List.of("/nowhere/bwrap", "--die-with-parent"), python);

    assertThat(probe.works()).isFalse();
    assertThat(LocalSetup.trouble(probe)).contains("/nowhere/bwrap is not installed");
    assertThat(LocalSetup.trouble(probe)).contains("apt-get install bubblewrap");
  }

  @Test
  void withoutBubblewrapNoPlainProcessTakesItsPlaceUnasked() throws Exception {
    IsolationProbe none = new IsolationProbe(false, false, "bwrap is not installed");
    LocalOptions auto = LocalOptions.defaults();

    SandboxSetupException e =
        assertThrows(
            SandboxSetupException.class, () -> LocalSetup.find(auto, (python, bounded) -> none));

    assertThat(e).hasMessageThat().contains("would run here with all your rights");
    assertThat(e).hasMessageThat().contains("bwrap is not installed");
    assertThat(e).hasMessageThat().contains("--localIsolation=none");
    LocalSetup allowed = LocalSetup.find(auto.withPlainAllowed(true), (python, bounded) -> none);
    assertThat(allowed.walled()).isFalse();
    assertThat(allowed.trouble().get()).contains("bwrap is not installed");
  }

  @Test
  void aMissingPythonIsNamedWithItsCure() {
    LocalOptions options = LocalOptions.defaults().withPython("/nowhere/python3");

    SandboxSetupException e =
        assertThrows(SandboxSetupException.class, () -> LocalSandboxes.create(options));

    assertThat(e).hasMessageThat().contains("there is no /nowhere/python3");
    assertThat(e).hasMessageThat().contains("apt-get install python3");
    assertThat(e.retryable()).isFalse();
  }

  @Test
  void aPythonThatIsTooOldIsNamedWithItsVersion(@TempDir Path folder) throws Exception {
    Path old = script(folder, "echo '[\"/x/python\", [3, 7, 9], \"/x\", \"/x\", \"/x/os.py\", 0]'");
    LocalOptions options = LocalOptions.defaults().withPython(old.toString());

    SandboxSetupException e =
        assertThrows(SandboxSetupException.class, () -> LocalSandboxes.create(options));

    assertThat(e).hasMessageThat().contains("is Python 3.7.9, which is too old");
    assertThat(e).hasMessageThat().contains("3.8 or newer");
  }

  @Test
  void aPythonThatFailsIsQuoted(@TempDir Path folder) throws Exception {
    Path broken = script(folder, "echo no such version >&2; exit 7");
    LocalOptions options = LocalOptions.defaults().withPython(broken.toString());

    SandboxSetupException e =
        assertThrows(SandboxSetupException.class, () -> LocalSandboxes.create(options));

    assertThat(e).hasMessageThat().contains("exit code 7, no such version");
  }

  @Test
  void aWorkFolderTooDeepForASocketIsNamed(@TempDir Path folder) throws Exception {
    Path deep = folder.resolve("d".repeat(90));
    LocalOptions options = LocalOptions.defaults().withPlainAllowed(true).withWorkFolder(deep);
    try (LocalSandboxes sandboxes = LocalSandboxes.create(options)) {
      assume().that(sandboxes.isolationName()).isEqualTo("bubblewrap");

      SandboxException e = assertThrows(SandboxException.class, () -> sandboxes.open(SPEC));

      assertThat(e).hasMessageThat().contains("too long for a Unix socket");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "BUBBLEWRAP"})
  void aSandboxOutlivesTheThreadThatOpenedIt(LocalIsolation isolation) throws Exception {
    try (LocalSandboxes sandboxes = create(isolation)) {
      AtomicReference<Sandbox> opened = new AtomicReference<>();
      Thread opener =
          new Thread(
              () -> {
                try {
                  opened.set(sandboxes.open(SPEC));
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      opener.start();
      opener.join();

      // Long enough for a signal at the thread's end to arrive.
      assertThat(Leftovers.within(Duration.ofMillis(300), () -> !opened.get().isAlive())).isFalse();
    }
  }

  @Test
  void aSandboxEndsWithItsTimeout() throws Exception {
    SandboxSpec shortLived = SPEC.withTimeout(Duration.ofSeconds(1));
    try (LocalSandboxes sandboxes = create(LocalIsolation.NONE)) {
      Sandbox sandbox = sandboxes.open(shortLived);

      assertThat(Leftovers.within(Duration.ofSeconds(5), () -> !sandbox.isAlive())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "BUBBLEWRAP"})
  void anAgentThatNobodyPollsEndsWithItsLease(LocalIsolation isolation) throws Exception {
    try (LocalSandboxes sandboxes = create(isolation)) {
      Sandbox sandbox = sandboxes.open(SPEC.withLease(Duration.ofSeconds(3)));

      assertThat(Leftovers.within(Duration.ofSeconds(20), () -> !sandbox.isAlive())).isTrue();

      assertThat(sandbox.diagnostics()).contains("exit code 0");
    }
  }

  @Test
  void anInterruptedOpeningLeavesNothing() throws Exception {
    try (LocalSandboxes sandboxes = create(LocalIsolation.NONE)) {
      int before = Leftovers.processes().size();
      CompletableFuture<Throwable> outcome = new CompletableFuture<>();
      Thread opener =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                try {
                  sandboxes.open(SPEC);
                } catch (InterruptedException | RuntimeException e) {
                  outcome.complete(e);
                }
              });
      opener.start();

      assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
      assertThat(
              Leftovers.within(Duration.ofSeconds(5), () -> Leftovers.processes().size() == before))
          .isTrue();
    }
  }

  private static Path script(Path folder, String body) throws Exception {
    Path file = folder.resolve("python3");
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }
}
