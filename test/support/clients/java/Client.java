import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A chat, a streamed chat and a tool call with langchain4j as it comes; prints JSON. */
class Client {
  public static void main(String[] args) throws Exception {
    var url = System.getenv("BASE_URL");
    var model =
        OpenAiChatModel.builder().baseUrl(url).apiKey("any").modelName("gpt-4o").maxRetries(0).build();
    var chat = model.chat("Say hello");

    var streaming =
        OpenAiStreamingChatModel.builder().baseUrl(url).apiKey("any").modelName("gpt-4o").build();
    var text = new StringBuffer();
    var done = new CompletableFuture<ChatResponse>();
    streaming.chat(
        "Say hello",
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(String piece) {
            text.append(piece);
          }

          @Override
          public void onCompleteResponse(ChatResponse response) {
            done.complete(response);
          }

          @Override
          public void onError(Throwable error) {
            done.completeExceptionally(error);
          }
        });
    done.get(60, TimeUnit.SECONDS);

    var weather =
        ToolSpecification.builder()
            .name("get_weather")
            .description("Weather of a city.")
            .parameters(
                JsonObjectSchema.builder().addStringProperty("city").required("city").build())
            .build();
    ChatMessage question = UserMessage.from("What is the weather in Paris?");
    AiMessage called = ask(model, weather, question);
    var call = called.toolExecutionRequests().get(0);
    var result = ToolExecutionResultMessage.from(call, "21 degrees");
    AiMessage answer = ask(model, weather, question, called, result);

    var said =
        Map.of(
            "chat", chat,
            "streamed", text.toString(),
            "name", call.name(),
            "arguments", new ObjectMapper().readTree(call.arguments()),
            "answer", answer.text());
    System.out.println(new ObjectMapper().writeValueAsString(said));
    System.exit(0);
  }

  private static AiMessage ask(
      OpenAiChatModel model, ToolSpecification tool, ChatMessage... messages) {
    var request = ChatRequest.builder().messages(List.of(messages)).toolSpecifications(tool).build();
    return model.chat(request).aiMessage();
  }
}
