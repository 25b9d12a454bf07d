// A chat, a streamed chat and a tool call with openai-go; prints JSON.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

func main() {
	ctx := context.Background()
	client := openai.NewClient(
		option.WithBaseURL(os.Getenv("BASE_URL")),
		option.WithAPIKey("any"),
		option.WithMaxRetries(0),
	)
	hello := openai.ChatCompletionNewParams{
		Model:    "gpt-4o",
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("Say hello")},
	}
	chat, err := client.Chat.Completions.New(ctx, hello)
	check(err)

	stream := client.Chat.Completions.NewStreaming(ctx, hello)
	gathered := openai.ChatCompletionAccumulator{}
	for stream.Next() {
		gathered.AddChunk(stream.Current())
	}
	check(stream.Err())

	asked := openai.ChatCompletionNewParams{
		Model: "gpt-4o",
		Messages: []openai.ChatCompletionMessageParamUnion{
			openai.UserMessage("What is the weather in Paris?"),
		},
		Tools: []openai.ChatCompletionToolUnionParam{
			openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{
				Name:        "get_weather",
				Description: openai.String("Weather of a city."),
				Parameters: openai.FunctionParameters{
					"type":       "object",
					"properties": map[string]any{"city": map[string]string{"type": "string"}},
					"required":   []string{"city"},
				},
			}),
		},
	}
	called, err := client.Chat.Completions.New(ctx, asked)
	check(err)
	call := called.Choices[0].Message.ToolCalls[0]
	asked.Messages = append(
		asked.Messages,
		called.Choices[0].Message.ToParam(),
		openai.ToolMessage("21 degrees", call.ID),
	)
	answer, err := client.Chat.Completions.New(ctx, asked)
	check(err)

	check(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"chat":      chat.Choices[0].Message.Content,
		"streamed":  gathered.Choices[0].Message.Content,
		"name":      call.Function.Name,
		"arguments": json.RawMessage(call.Function.Arguments),
		"answer":    answer.Choices[0].Message.Content,
	}))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
