package dev.rlmbeam.sandbox.local;

import static com.google.common.truth.Truth.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes and what stays when a sandbox's folder is removed. */
final class FoldersTest {
  @TempDir private Path parent;
  private Path folder;

  @BeforeEach
  void fill() throws Exception {
    folder = Files.createDirectory(parent.resolve("sandbox"));
    Files.createFile(folder.resolve(".lock"));
    Files.writeString(Files.createDirectories(folder.resolve("a/b")).resolve("x"), "y");
  }

  @Test
  void followsNoLinks() throws Exception {
    Path outside = Files.createDirectory(parent.resolve("outside"));
    Files.createFile(outside.resolve("kept"));
    Files.createSymbolicLink(folder.resolve("a/link"), outside);

    assertThat(Folders.delete(folder)).isTrue();

    assertThat(Files.exists(folder)).isFalse();
    assertThat(Files.exists(outside.resolve("kept"))).isTrue();
  }

  @Test
  void aLinkInTheFoldersPlaceIsNotFollowed() throws Exception {
    Path outside = Files.createDirectory(parent.resolve("outside"));
    Files.createFile(outside.resolve("kept"));
    Path link = Files.createSymbolicLink(parent.resolve("link"), outside);

    assertThat(Folders.delete(link)).isFalse();

    assertThat(Files.exists(outside.resolve("kept"))).isTrue();
  }

  @Test
  void foldersDeeperThanAPathMayBeLongGoToo() throws Exception {
    String deeper = "n=$(printf 'd%.0s' $(seq 200)); for i in $(seq 30); do mkdir $n; cd $n; done";
    run("cd " + folder.resolve("a") + " && { " + deeper + "; } 2>/dev/null; true");

    assertThat(Folders.delete(folder)).isTrue();

    assertThat(Files.exists(folder)).isFalse();
  }

  @Test
  void foldersWithoutRightsGoToo() throws Exception {
    Files.setPosixFilePermissions(folder.resolve("a/b"), Set.of());
    Files.setPosixFilePermissions(
        folder.resolve("a"), PosixFilePermissions.fromString("r-x------"));

    assertThat(Folders.delete(folder, ".lock")).isTrue();

    assertThat(Files.exists(folder)).isFalse();
  }

  @Test
  void theLockStaysWithWhatCannotBeRemoved() throws Exception {
    // So deep that one does not follow: there is no other folder that root cannot remove.
    String deeper = "for i in $(seq 300); do mkdir d; cd d; done";
    run("cd " + folder.resolve("a") + " && { " + deeper + "; true; }");
    try {
      assertThat(Folders.delete(folder, ".lock")).isFalse();

      assertThat(Files.exists(folder.resolve(".lock"))).isTrue();
      assertThat(Files.exists(folder.resolve("a/b"))).isFalse();
    } finally {
      run("rm -rf " + folder);
    }
  }

  private static void run(String script) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", script).inheritIO().start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(0);
  }
}
