package dev.rlmbeam.pipelines.manifests;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.pipelines.cli.CommandLine;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no schema knows: our options, Flink's keys, and that a run survives what it should. */
final class ManifestSettingsTest {
  private static final String RUNNER = "--runner=FlinkRunner";
  private static final String SLOTS = "/spec/flinkConfiguration/taskmanager.numberOfTaskSlots";
  private static final String SPARE =
      "/spec/flinkConfiguration/slotmanager.redundant-taskmanager-num";

  @ParameterizedTest
  @ValueSource(strings = {"application.yaml", "cronjob.yaml"})
  void theRunHasOptionsThatThereAre(String file) {
    List<String> arguments = new ArrayList<>(Manifest.of(file).jobArguments());
    assertThat(arguments.remove(RUNNER)).isTrue(); // not on this class path

    BatchOptions options = CommandLine.parse(BatchOptions.class, arguments);

    // A pod may not make the walls that a local sandbox needs.
    assertThat(options.getSandbox()).isEqualTo("modal");
    assertThat(options.getInput().get(0)).startsWith("/data/");
    assertThat(options.getOutput()).startsWith("/data/");
    assertThrows(
        UsageException.class,
        () -> CommandLine.parse(BatchOptions.class, List.of("--maxInFlihgt=64")));
  }

  @Test
  void everyNightHasAFolderOfItsOwn() {
    Manifest manifest = Manifest.of("cronjob.yaml");

    assertThat(manifest.jobArguments()).contains("--output=/data/runs/$(RUN_NAME)");
    assertThat(manifest.at(container("0/env/0/name")).asText()).isEqualTo("RUN_NAME");
    assertThat(manifest.at(container("0/env/0/valueFrom/fieldRef/fieldPath")).asText())
        .isEqualTo("metadata.labels['batch.kubernetes.io/job-name']");
  }

  private static String container(String rest) {
    return "/spec/jobTemplate/spec/template/spec/containers/" + rest;
  }

  @ParameterizedTest
  @ValueSource(strings = {"application.yaml", "session.yaml"})
  void flinkKnowsTheKeysAndTakesTheValues(String file) {
    Manifest manifest = Manifest.of(file);

    assertThat(FlinkKeys.errors(manifest.at("/spec/flinkConfiguration"))).isEmpty();

    Manifest spoiled = manifest.copy();
    spoiled.object("/spec/flinkConfiguration").put("taskmanager.numberOfTaskSlotz", "2");
    spoiled.object("/spec/flinkConfiguration").put("taskmanager.memory.network.min", "256 miles");
    assertThat(FlinkKeys.errors(spoiled.at("/spec/flinkConfiguration"))).hasSize(2);
  }

  @Test
  void theLossOfATaskManagerLeavesSlotsEnough() {
    Manifest application = Manifest.of("application.yaml");
    int alone = application.at("/spec/job/parallelism").intValue();
    List<String> client =
        Manifest.of("cronjob.yaml").texts("/spec/jobTemplate/spec/template/spec/containers/0/args");
    int nightly = Integer.parseInt(client.get(client.indexOf("--parallelism") + 1));

    assertThat(slotsAfterLoss(application, alone)).isAtLeast(alone);
    assertThat(slotsAfterLoss(Manifest.of("session.yaml"), nightly)).isAtLeast(nightly);

    Manifest tight = application.copy();
    tight.object("/spec/flinkConfiguration").put("slotmanager.redundant-taskmanager-num", "0");
    assertThat(slotsAfterLoss(tight, alone)).isLessThan(alone);
  }

  /** In native mode Flink starts as many as a job needs, and those that it is told to have over. */
  private static int slotsAfterLoss(Manifest cluster, int parallelism) {
    assertThat(cluster.at("/spec/mode").asText()).isEqualTo("native");
    int slots = cluster.at(SLOTS).asInt();
    int needed = (parallelism + slots - 1) / slots;
    JsonNode most =
        cluster.content().at("/spec/flinkConfiguration/slotmanager.number-of-slots.max");
    int all = (needed + cluster.at(SPARE).asInt()) * slots;
    return Math.min(all, most.asInt(all)) - slots;
  }

  /**
   * A shuffle takes its buffers for each subtask, and after a loss all slots of a worker are full.
   */
  @ParameterizedTest
  @ValueSource(strings = {"application.yaml", "session.yaml"})
  void networkMemoryHoldsTwoShufflesInEachSlot(String file) {
    Manifest manifest = Manifest.of(file);
    JsonNode settings = manifest.at("/spec/flinkConfiguration");
    int bufferKib = 32;

    int taken =
        2
            * manifest.at(SLOTS).asInt()
            * settings.path("taskmanager.network.sort-shuffle.min-buffers").asInt()
            * bufferKib;
    String least = settings.path("taskmanager.memory.network.min").asText();

    assertThat(least).isEqualTo(settings.path("taskmanager.memory.network.max").asText());
    assertThat(FlinkKeys.bytes(least) / 1024).isGreaterThan(taken);
  }

  @Test
  void flinkIsTheProjects() throws IOException {
    String pom = Files.readString(Path.of("../pom.xml"));
    Matcher flink =
        Pattern.compile("<flink.version>((\\d+)\\.(\\d+)\\.\\d+)</flink.version>").matcher(pom);
    assertThat(flink.find()).isTrue();
    String version = "v" + flink.group(2) + "_" + flink.group(3);

    for (String file : List.of("application.yaml", "session.yaml")) {
      assertThat(Manifest.of(file).at("/spec/flinkVersion").asText()).isEqualTo(version);
    }
    assertThat(Files.readString(Manifest.FOLDER.resolve("Dockerfile")))
        .containsMatch("(?m)^FROM flink:" + Pattern.quote(flink.group(1)) + "-scala_2.12-java17$");
  }

  @Test
  void whatIsNamedIsThere() {
    String jar = "/opt/flink/usrlib/rlm-beam.jar";
    Manifest application = Manifest.of("application.yaml");

    assertThat(application.at("/spec/job/jarURI").asText()).isEqualTo("local://" + jar);
    assertThat(Manifest.of("cronjob.yaml").texts(container("0/args"))).contains(jar);
    assertThat(Manifest.of("cronjob.yaml").texts(container("0/args")))
        .contains(Manifest.of("session.yaml").at("/metadata/name").asText() + "-rest:8081");
    for (String name :
        List.of(
            application.at("/spec/job/entryClass").asText(),
            after("--class", Manifest.of("cronjob.yaml").texts(container("0/args"))))) {
      assertWithMessage(name).that(hasMain(name)).isTrue();
    }
  }

  private static String after(String word, List<String> words) {
    return words.get(words.indexOf(word) + 1);
  }

  private static boolean hasMain(String name) {
    try {
      return Class.forName(name).getMethod("main", String[].class) != null;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /** Beside it is another that has our own resources only. */
  @Test
  void theImageHasTheJarThatIsTheWholeJob() throws IOException {
    String pom = Files.readString(Manifest.FOLDER.resolve("../pom.xml"));
    Matcher jar = Pattern.compile("<outputFile>.*/(.+\\.jar)</outputFile>").matcher(pom);
    assertThat(jar.find()).isTrue();

    assertThat(Files.readString(Manifest.FOLDER.resolve("Dockerfile")))
        .contains("ARG JAR=" + jar.group(1) + "\n");
  }

  @Test
  void allPodsShareOneStorage() {
    Manifest claim = Manifest.of("storage.yaml");
    String name = claim.at("/metadata/name").asText();

    assertThat(claim.texts("/spec/accessModes")).containsExactly("ReadWriteMany");
    for (String place :
        List.of(
            "application.yaml /spec/podTemplate/spec",
            "session.yaml /spec/podTemplate/spec",
            "cronjob.yaml /spec/jobTemplate/spec/template/spec")) {
      JsonNode pod = Manifest.of(place.split(" ", -1)[0]).at(place.split(" ", -1)[1]);
      assertWithMessage(place)
          .that(pod.at("/volumes/0/persistentVolumeClaim/claimName").asText())
          .isEqualTo(name);
      assertWithMessage(place)
          .that(pod.at("/containers/0/volumeMounts/0/mountPath").asText())
          .isEqualTo("/data");
    }
  }
}
