package dev.rlmbeam.runners.flink;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the jars, beside the one that a job is sent with. */
final class AddOnJarsTest {

  @ParameterizedTest
  @ValueSource(strings = {"gs", "s3", "hdfs"})
  void noClassStandsInTheJobsJarToo(String name) throws Exception {
    Path jar = FlinkRig.addOnJar(name);
    Set<String> twice = classes(jar);
    assertThat(twice.size()).isAtLeast(500);

    twice.retainAll(classes(FlinkRig.jobJar()));

    assertWithMessage("classes in both").that(twice).isEmpty();
    Scale.line("add-on %s: %.1f MB", name, Files.size(jar) / 1e6);
  }

  private static Set<String> classes(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(".class"))
          .collect(Collectors.toSet());
    }
  }
}
