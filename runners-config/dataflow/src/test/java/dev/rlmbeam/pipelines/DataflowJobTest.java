package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.auth.Credentials;
import dev.rlmbeam.pipelines.cli.CommandLine;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.GivenOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.extensions.gcp.auth.CredentialFactory;
import org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job that Dataflow is sent by the project's own run, with everything real but the network. */
final class DataflowJobTest {
  private static final String KEY_NAME = "RLM_TEST_MODEL_KEY";
  private static final List<String> SECRETS =
      List.of(
          environment(KEY_NAME), environment("MODAL_TOKEN_ID"), environment("MODAL_TOKEN_SECRET"));

  private @TempDir Path folder;
  private ModalEmulator emulator;
  private String inputScheme = "file://";
  private String outputScheme = "file://";
  private String credentials = NoopCredentialFactory.class.getName();

  @BeforeEach
  void setUp() throws Exception {
    emulator =
        ModalEmulator.start(
            EmulatorOptions.builder()
                .tokenId(environment("MODAL_TOKEN_ID"))
                .tokenSecret(environment("MODAL_TOKEN_SECRET"))
                .build());
  }

  @AfterEach
  void tearDown() {
    emulator.close();
  }

  private CapturedJob submit(String... more) throws Exception {
    return CapturedJob.of(options(more));
  }

  private BatchOptions options(String... more) throws Exception {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            "{\"id\":\"a\",\"query\":\"What?\",\"context\":\"This.\"}\n");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--runner=DataflowRunner",
                "--project=p-1",
                "--region=europe-west1",
                "--gcpTempLocation=gs://bucket/tmp",
                "--stagingLocation=gs://bucket/staging",
                "--pathValidatorClass="
                    + "org.apache.beam.sdk.extensions.gcp.storage.NoopPathValidator",
                "--credentialFactoryClass=" + credentials,
                "--input=" + inputScheme + rows,
                "--output=" + outputScheme + folder.resolve("out"),
                "--jobName=rlm-test",
                "--labels={\"team\":\"reading\"}",
                "--model=openai/gpt-test",
                "--modelApiKey=env:" + KEY_NAME,
                "--sandbox=modal",
                "--modalServerUrl=" + emulator.serverUrl(),
                "--modalCaCertificate=" + emulator.caCertificate()));
    arguments.addAll(List.of(more));
    GivenOptions given = CommandLine.read(new RunCommand().shape(), arguments).options();
    return JobOptions.of(BatchOptions.class, given).options();
  }

  @Test
  void oneJobIsPostedWithTheWorkersThatTheDefaultsAskFor() throws Exception {
    CapturedJob captured = submit();

    assertThat(captured.calls()).hasSize(1);
    assertThat(captured.calls().get(0).method()).isEqualTo("POST");
    assertThat(captured.calls().get(0).url()).endsWith("/projects/p-1/locations/europe-west1/jobs");
    JsonNode job = captured.job();
    assertThat(job.path("name").asText()).isEqualTo("rlm-test");
    assertThat(job.path("type").asText()).isEqualTo("JOB_TYPE_BATCH");
    assertThat(job.path("labels").path("team").asText()).isEqualTo("reading");
    JsonNode pool = pool(job);
    assertThat(pool.path("machineType").asText()).isEqualTo("e2-standard-2");
    assertThat(pool.path("diskSizeGb").asInt()).isEqualTo(30);
    assertThat(threads(job)).isEqualTo(8);
    assertThat(pool.path("autoscalingSettings").path("maxNumWorkers").asInt()).isEqualTo(4);
    assertThat(pool.path("autoscalingSettings").path("algorithm").asText())
        .isEqualTo("AUTOSCALING_ALGORITHM_BASIC");
  }

  @Test
  void whatAPersonSaysGoesBeforeTheDefaults() throws Exception {
    JsonNode job =
        submit(
                "--workerMachineType=n2-highmem-4",
                "--numberOfWorkerHarnessThreads=3",
                "--autoscalingAlgorithm=NONE",
                "--numWorkers=2",
                "--maxNumWorkers=2",
                "--diskSizeGb=50")
            .job();
    JsonNode pool = pool(job);

    assertThat(pool.path("machineType").asText()).isEqualTo("n2-highmem-4");
    assertThat(threads(job)).isEqualTo(3);
    assertThat(pool.path("numWorkers").asInt()).isEqualTo(2);
    assertThat(pool.path("diskSizeGb").asInt()).isEqualTo(50);
    assertThat(pool.path("autoscalingSettings").path("algorithm").asText())
        .isEqualTo("AUTOSCALING_ALGORITHM_NONE");
  }

  @Test
  void theSampleConfigurationIsTaken() throws Exception {
    JsonNode pool = pool(submit("--config=job.yaml").job());

    assertThat(pool.path("machineType").asText()).isEqualTo("e2-standard-4");
    assertThat(pool.path("autoscalingSettings").path("maxNumWorkers").asInt()).isEqualTo(8);
    assertThat(pool.path("ipConfiguration").asText()).isEqualTo("WORKER_IP_PRIVATE");
  }

  @Test
  void aTemplateIsWrittenAndNotWaitedFor() throws Exception {
    Path template = folder.resolve("job_object");
    BatchOptions options = options("--templateLocation=" + template);

    CapturedJob captured = CapturedJob.of(options);

    assertThat(options.getAttached()).isFalse();
    assertThat(captured.calls()).isEmpty();
    String job = Files.readString(template);
    assertThat(job).contains("Answer/Rlm");
    SECRETS.forEach(secret -> assertThat(job.contains(secret)).isFalse());
  }

  @Test
  void noKeyStandsAnywhereInTheJob() throws Exception {
    CapturedJob captured = submit();

    JobBytes bytes = JobBytes.of(captured);
    // What must be there shows that the search goes to the bottom of the objects.
    assertWithMessage("the key's name").that(bytes.contain(KEY_NAME)).isTrue();
    assertThat(captured.graphs()).isNotEmpty();
    assertThat(captured.graphs().values().stream().anyMatch(graph -> graph.length > 10_000))
        .isTrue();
    for (String secret : SECRETS) {
      byte[] raw = secret.getBytes(StandardCharsets.UTF_8);
      assertWithMessage("a secret").that(bytes.contain(secret)).isFalse();
      // In Base64 a text may begin at any of three places; the middle is the same in the text.
      for (int skip = 0; skip < 3; skip++) {
        byte[] rest = Arrays.copyOfRange(raw, skip, raw.length - 3);
        String middle = Base64.getEncoder().withoutPadding().encodeToString(rest);
        assertWithMessage("a secret in Base64")
            .that(bytes.contain(middle.substring(0, middle.length() - 2)))
            .isFalse();
      }
    }
  }

  @Test
  void stepsAndWhatIsShownOfThemAreOurs() throws Exception {
    JsonNode job = submit("--maxInFlight=17").job();

    List<String> names = new ArrayList<>();
    Map<String, String> shown = new TreeMap<>();
    for (JsonNode step : job.path("steps")) {
      JsonNode properties = step.path("properties");
      String name = properties.path("user_name").path("value").asText();
      names.add(name);
      if (name.equals("Answer/Rlm")) {
        properties
            .path("display_data")
            .forEach(item -> shown.put(item.path("key").asText(), item.path("value").asText()));
      }
    }
    assertThat(names)
        .containsAtLeast("Read/Read rows", "Check worker", "Answer/Rlm", "Write summary");
    assertThat(shown).containsEntry("model", "gpt-test");
    assertThat(shown).containsEntry("maxInFlight", "17");
  }

  @Test
  void theClassPathIsStagedAndGoogleStorageIsAFileSystem() throws Exception {
    CapturedJob captured = submit();

    assertThat(captured.staged().stream().anyMatch(file -> file.contains("okhttp"))).isTrue();
    assertThat(FileSystems.matchNewResource("gs://bucket/out/results.jsonl", false).getScheme())
        .isEqualTo("gs");
  }

  @Test
  void withoutCredentialsItIsSaidAtOnceHowToGetThem() {
    credentials = NoCredentials.class.getName();

    UsageException e = assertThrows(UsageException.class, this::submit);

    assertThat(e).hasMessageThat().contains("gcloud auth application-default login");
  }

  @Test
  void aPathOfThisMachineIsRefusedBeforeAnythingIsPosted() {
    inputScheme = "";
    UsageException input = assertThrows(UsageException.class, this::submit);
    outputScheme = "";
    UsageException output = assertThrows(UsageException.class, this::submit);

    assertThat(input)
        .hasMessageThat()
        .containsMatch("--input=\\S+rows.jsonl is a path of this machine");
    assertThat(output).hasMessageThat().contains("such as gs://BUCKET/output");
  }

  /** As on a machine where nobody has logged in. */
  public static final class NoCredentials implements CredentialFactory {
    /** As Beam makes its factories. */
    public static NoCredentials fromOptions(PipelineOptions options) {
      return new NoCredentials();
    }

    @Override
    public @Nullable Credentials getCredential() {
      return null;
    }
  }

  private static JsonNode pool(JsonNode job) {
    JsonNode pools = job.path("environment").path("workerPools");
    assertThat(pools).hasSize(1);
    return pools.get(0);
  }

  /** A worker of a batch reads it from its options. */
  private static int threads(JsonNode job) {
    return job.path("environment")
        .path("sdkPipelineOptions")
        .path("options")
        .path("numberOfWorkerHarnessThreads")
        .asInt();
  }

  private static String environment(String name) {
    String value = System.getenv(name);
    assertWithMessage(name).that(value).isNotNull();
    return value;
  }
}
