package dev.rlmbeam.examples;

import dev.rlmbeam.pipelines.options.LocalSandboxesFactory;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTaskCoder;
import dev.rlmbeam.transforms.RlmTransform;
import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.ModelRequest;
import dev.rlmbeam.transforms.model.ModelResponse;
import dev.rlmbeam.transforms.model.ModelUsage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.TypeDescriptors;

/** A model behind a service of one's own: a prompt is posted as text, the response is the text. */
public final class OwnModelExample {
  private OwnModelExample() {}

  /**
   * Asks the service at an address, and writes the answer to a file. A service may answer anything,
   * so its code belongs in bubblewrap: {@code AUTO}.
   */
  public static void main(String[] arguments) {
    String address = arguments[0];
    String output = arguments[1];
    LocalIsolation isolation = LocalIsolation.valueOf(arguments[2]);
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(
            Create.of(RlmTask.of("lines", "How many lines are there?", "one\ntwo\nthree"))
                .withCoder(RlmTaskCoder.of()))
        .apply(
            RlmTransform.answering(
                new HouseModelFactory("house-1", address),
                new LocalSandboxesFactory(isolation, "", false)))
        .results()
        .apply(
            MapElements.into(TypeDescriptors.strings())
                .via(
                    result -> result.id() + ": " + result.answer() + " " + result.usage().keySet()))
        .apply(TextIO.write().to(output).withoutSharding());
    pipeline.run().waitUntilFinish();
  }

  // region own-model
  /** Travels with the job to the workers: names and addresses, never keys. */
  record HouseModelFactory(String modelName, String address) implements ModelFactory {
    @Override
    public String service() {
      return "house";
    }

    @Override
    public LanguageModel create() {
      return new HouseModel(modelName, URI.create(address), HttpClient.newHttpClient());
    }
  }

  /** Made on the worker, one for all its elements: calls come from many threads at once. */
  record HouseModel(String name, URI address, HttpClient http) implements LanguageModel {
    @Override
    public ModelResponse generate(ModelRequest request) throws InterruptedException {
      StringBuilder prompt = new StringBuilder();
      for (ChatMessage message : request.messages()) {
        prompt
            .append(message.role().wireName())
            .append(": ")
            .append(message.content())
            .append('\n');
      }
      HttpRequest post =
          HttpRequest.newBuilder(address)
              .timeout(request.timeout())
              .POST(BodyPublishers.ofString(prompt.toString()))
              .build();
      try {
        HttpResponse<String> response = http.send(post, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
          throw refusal(response.statusCode());
        }
        return new ModelResponse(response.body(), new ModelUsage(1, 0, 0, null), false);
      } catch (HttpTimeoutException e) {
        throw new ModelException(Kind.TIMEOUT, 0, "no response in " + request.timeout(), e);
      } catch (IOException e) {
        throw new ModelException(Kind.UNAVAILABLE, 0, address + " cannot be reached", e);
      }
    }

    /** The kind decides what follows: after REFUSED nothing more is asked of this service. */
    private static ModelException refusal(int status) {
      Kind kind =
          switch (status) {
            case 401, 403, 404 -> Kind.REFUSED;
            case 429 -> Kind.RATE_LIMITED;
            default -> status >= 500 ? Kind.UNAVAILABLE : Kind.BAD_REQUEST;
          };
      return new ModelException(kind, status, "the service answered " + status);
    }
  }
  // endregion
}
