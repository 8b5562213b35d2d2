package dev.rlmbeam.sandbox.local;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.TruthJUnit.assume;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkFolderTest {
  @TempDir private Path parent;

  @Test
  void isRemovedWithAllThatIsInIt() throws Exception {
    WorkFolder folder = WorkFolder.make(parent);
    Files.writeString(Files.createDirectory(folder.path().resolve("sb-1")).resolve("x"), "y");

    folder.close();

    assertThat(Files.exists(folder.path())).isFalse();
  }

  @Test
  void whatAKilledProcessLeftIsRemovedByTheNext() throws Exception {
    Path left = Files.createDirectory(parent.resolve("rlm-left"));
    Files.createFile(left.resolve(".lock"));
    Path unknown = Files.createDirectory(parent.resolve("rlm-not-ours"));
    WorkFolder living = WorkFolder.make(parent);

    WorkFolder.make(parent).close();

    assertThat(Files.exists(left)).isFalse();
    assertThat(Files.exists(unknown)).isTrue();
    assertThat(Files.exists(living.path())).isTrue();
    living.close();
  }

  @Test
  void anotherUsersFolderIsLeftAlone() throws Exception {
    Path foreign = Files.createDirectory(parent.resolve("rlm-foreign"));
    Files.createFile(foreign.resolve(".lock"));
    assume().that(Files.getAttribute(foreign, "unix:uid")).isEqualTo(0);
    Files.setAttribute(foreign, "unix:uid", 12345);

    WorkFolder.make(parent).close();

    assertThat(Files.exists(foreign)).isTrue();
  }
}
