package dev.rlmbeam.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.http.LowLevelHttpResponse;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.client.testing.http.MockLowLevelHttpRequest;
import com.google.api.client.testing.http.MockLowLevelHttpResponse;
import com.google.api.services.dataflow.Dataflow;
import com.google.api.services.dataflow.model.DataflowPackage;
import dev.rlmbeam.pipelines.options.BatchOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.runners.dataflow.util.PackageUtil;
import org.apache.beam.runners.dataflow.util.Stager;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * What a real run on Dataflow sends away: the calls to the service, and the files that go with the
 * job. The service answers what it would; nothing leaves this process.
 *
 * @param calls each as method, URL and body
 * @param staged names of the files of the class path
 * @param graphs the pipeline in Beam's own form, by file name
 * @param result of the run
 */
record CapturedJob(
    List<Call> calls, List<String> staged, Map<String, byte[]> graphs, PipelineResult result) {

  private static final ObjectMapper JSON = new ObjectMapper();

  record Call(String method, String url, String body) {}

  /** Runs the project's own pipeline. */
  static CapturedJob of(BatchOptions options) {
    List<Call> calls = new ArrayList<>();
    DataflowPipelineOptions dataflow = options.as(DataflowPipelineOptions.class);
    dataflow.setDataflowClient(
        new Dataflow.Builder(new Capturing(calls), GsonFactory.getDefaultInstance(), null)
            .setApplicationName("test")
            .build());
    dataflow.setStagerClass(KeptStager.class);
    KeptStager.STAGED.clear();
    KeptStager.GRAPHS.clear();
    PipelineResult result = BatchPipeline.run(options);
    return new CapturedJob(
        List.copyOf(calls), List.copyOf(KeptStager.STAGED), Map.copyOf(KeptStager.GRAPHS), result);
  }

  JsonNode job() throws IOException {
    return JSON.readTree(calls.get(0).body());
  }

  private static final class Capturing extends HttpTransport {
    private final List<Call> calls;

    Capturing(List<Call> calls) {
      this.calls = calls;
    }

    @Override
    protected LowLevelHttpRequest buildRequest(String method, String url) {
      return new MockLowLevelHttpRequest(url) {
        @Override
        public LowLevelHttpResponse execute() throws IOException {
          calls.add(new Call(method, url, getContentAsString()));
          return new MockLowLevelHttpResponse()
              .setContentType("application/json")
              .setContent("{\"id\":\"job-1\",\"projectId\":\"p-1\",\"location\":\"europe-west1\"}");
        }
      };
    }
  }

  /** Puts nothing anywhere, and remembers what it was given. */
  public static final class KeptStager implements Stager {
    private static final List<String> STAGED = new ArrayList<>();
    private static final Map<String, byte[]> GRAPHS = new ConcurrentHashMap<>();

    /** As Dataflow makes its stagers. */
    public static KeptStager fromOptions(PipelineOptions options) {
      return new KeptStager();
    }

    @Override
    public List<DataflowPackage> stageFiles(List<PackageUtil.StagedFile> files) {
      files.forEach(file -> STAGED.add(file.getSource()));
      return files.stream().map(file -> new DataflowPackage().setName(file.getSource())).toList();
    }

    @Override
    public DataflowPackage stageToFile(byte[] bytes, String name) {
      ByteArrayOutputStream copy = new ByteArrayOutputStream();
      copy.writeBytes(bytes);
      GRAPHS.put(name, copy.toByteArray());
      return new DataflowPackage().setName(name).setLocation("gs://none/" + name);
    }
  }
}
