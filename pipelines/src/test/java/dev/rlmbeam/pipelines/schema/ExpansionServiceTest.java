package dev.rlmbeam.pipelines.schema;

import static com.google.common.truth.Truth.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.expansion.v1.ExpansionApi.DiscoverSchemaTransformRequest;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionRequest;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionResponse;
import org.apache.beam.model.expansion.v1.ExpansionApi.SchemaTransformConfig;
import org.apache.beam.model.pipeline.v1.Endpoints.ApiServiceDescriptor;
import org.apache.beam.model.pipeline.v1.ExternalTransforms.SchemaTransformPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.expansion.service.ExpansionService;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.SchemaTranslation;
import org.apache.beam.sdk.schemas.utils.YamlUtils;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.util.construction.DefaultExpansionServiceClientFactory;
import org.apache.beam.sdk.util.construction.ExpansionServiceClient;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannelBuilder;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Server;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyServerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The transform through Beam's own expansion service, over gRPC: what Beam YAML and other languages
 * send to it, and what they get back.
 */
@Timeout(60)
final class ExpansionServiceTest {
  private static final String SCHEMA_TRANSFORM = "beam:expansion:payload:schematransform:v1";

  private static final Schema QUESTIONS =
      Schema.builder()
          .addStringField("page")
          .addStringField("question")
          .addStringField("text")
          .build();

  private Server server;
  private DefaultExpansionServiceClientFactory clients;
  private ExpansionServiceClient client;

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new ExpansionService())
            .build()
            .start();
    clients =
        DefaultExpansionServiceClientFactory.create(
            endpoint -> ManagedChannelBuilder.forTarget(endpoint.getUrl()).usePlaintext().build());
    client =
        clients.getExpansionServiceClient(
            ApiServiceDescriptor.newBuilder().setUrl("127.0.0.1:" + server.getPort()).build());
  }

  @AfterEach
  void stop() throws Exception {
    clients.close();
    server.shutdownNow();
    assertThat(server.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void itIsDiscoveredByItsIdentifierWithItsKeysAndTheirDescriptions() {
    SchemaTransformConfig found =
        client
            .discover(DiscoverSchemaTransformRequest.getDefaultInstance())
            .getSchemaTransformConfigsMap()
            .get(RlmSchemaTransformProvider.IDENTIFIER);

    assertThat(found).isNotNull();
    assertThat(found.getInputPcollectionNamesList()).containsExactly("input");
    assertThat(found.getOutputPcollectionNamesList()).containsExactly("output", "errors").inOrder();
    assertThat(found.getDescription()).contains("Recursive Language Model");
    Schema schema = SchemaTranslation.schemaFromProto(found.getConfigSchema());
    assertThat(schema.getFieldNames())
        .isEqualTo(new RlmSchemaTransformProvider().configurationSchema().getFieldNames());
    assertThat(schema.getField("max_turns").getDescription())
        .isEqualTo("Turns of the root model for one element. Default: 30.");
  }

  @Test
  void theConfigurationOfBeamYamlIsExpanded() throws IOException {
    ExpansionResponse response = expand(BeamYaml.example().config("Rlm"));

    assertThat(response.getError()).isEmpty();
    assertThat(response.getTransform().getOutputsMap().keySet())
        .containsExactly("output", "unanswered");
    // Another language reads the rows: their coders have to be Beam's own.
    for (String collection : response.getTransform().getOutputsMap().values()) {
      String coder = response.getComponents().getPcollectionsOrThrow(collection).getCoderId();
      assertThat(response.getComponents().getCodersOrThrow(coder).getSpec().getUrn())
          .isEqualTo("beam:coder:row:v1");
    }
  }

  @Test
  void aWrongValueComesBackAsTheCommandLinesSentence() throws IOException {
    assertThat(expand(Map.of("max_turns", 0)).getError())
        .contains("--maxTurns=0: must be 1 or more.");
    assertThat(expand(Map.of("query_field", "querry")).getError())
        .contains("The rows have no field 'querry'");
  }

  @Test
  void theKeyItselfStandsNowhereInTheExpansion(@TempDir Path folder) throws IOException {
    Path key = Files.writeString(folder.resolve("key"), "sk-very-secret");

    ExpansionResponse response =
        expand(
            Map.of(
                "model",
                "openai/some",
                "model_base_url",
                "https://models.invalid/v1",
                "model_api_key",
                "file:" + key,
                "query_field",
                "question",
                "context_field",
                "text"));

    assertThat(response.getError()).isEmpty();
    assertThat(response.toByteString().toString(StandardCharsets.ISO_8859_1))
        .doesNotContain("sk-very-secret");
    assertThat(response.toString()).doesNotContain("sk-very-secret");
  }

  /** What a pipeline in another language sends for one step of it. */
  private ExpansionResponse expand(Map<String, Object> config) throws IOException {
    Schema schema = new RlmSchemaTransformProvider().configurationSchema();
    Row row = YamlUtils.toBeamRow(config, schema, false);
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    RowCoder.of(schema).encode(row, encoded);
    SchemaTransformPayload payload =
        SchemaTransformPayload.newBuilder()
            .setIdentifier(RlmSchemaTransformProvider.IDENTIFIER)
            .setConfigurationSchema(SchemaTranslation.schemaToProto(schema, true))
            .setConfigurationRow(ByteString.copyFrom(encoded.toByteArray()))
            .build();

    Pipeline pipeline = Pipeline.create();
    PCollection<Row> rows = pipeline.apply(Create.empty(QUESTIONS));
    SdkComponents components = SdkComponents.create(pipeline.getOptions());
    String input = components.registerPCollection(rows);
    RunnerApi.Components known = PipelineTranslation.toProto(pipeline, components).getComponents();
    return client.expand(
        ExpansionRequest.newBuilder()
            .setComponents(known)
            .setNamespace("rlm")
            .setTransform(
                RunnerApi.PTransform.newBuilder()
                    .setUniqueName("Answers")
                    .setSpec(
                        RunnerApi.FunctionSpec.newBuilder()
                            .setUrn(SCHEMA_TRANSFORM)
                            .setPayload(payload.toByteString()))
                    .putInputs("input", input))
            .build());
  }
}
