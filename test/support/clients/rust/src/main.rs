//! A chat, a streamed chat and a tool call with async-openai; prints JSON.

use async_openai::{
    config::OpenAIConfig,
    types::chat::{ChatCompletionMessageToolCalls, CreateChatCompletionRequest},
    Client,
};
use futures::StreamExt;
use serde_json::{json, Value};
use std::error::Error;

fn request(body: Value) -> Result<CreateChatCompletionRequest, serde_json::Error> {
    serde_json::from_value(body)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = OpenAIConfig::new()
        .with_api_base(std::env::var("BASE_URL")?)
        .with_api_key("any");
    let client = Client::with_config(config);
    let hello = json!({
        "model": "gpt-4o",
        "messages": [{ "role": "user", "content": "Say hello" }],
    });
    let chat = client.chat().create(request(hello.clone())?).await?;

    let mut streamed = String::new();
    let mut stream = client.chat().create_stream(request(hello)?).await?;
    while let Some(chunk) = stream.next().await {
        for choice in chunk?.choices {
            streamed += choice.delta.content.as_deref().unwrap_or_default();
        }
    }

    let mut asked = json!({
        "model": "gpt-4o",
        "messages": [{ "role": "user", "content": "What is the weather in Paris?" }],
        "tools": [{
            "type": "function",
            "function": {
                "name": "get_weather",
                "description": "Weather of a city.",
                "parameters": {
                    "type": "object",
                    "properties": { "city": { "type": "string" } },
                    "required": ["city"],
                },
            },
        }],
    });
    let called = client.chat().create(request(asked.clone())?).await?;
    let message = &called.choices[0].message;
    let call = match message.tool_calls.as_deref() {
        Some([ChatCompletionMessageToolCalls::Function(call)]) => call,
        other => return Err(format!("no single call: {other:?}").into()),
    };
    let messages = asked["messages"].as_array_mut().ok_or("no messages")?;
    messages.push(json!({ "role": "assistant", "tool_calls": message.tool_calls }));
    messages.push(json!({ "role": "tool", "tool_call_id": call.id, "content": "21 degrees" }));
    let answer = client.chat().create(request(asked)?).await?;

    let said = json!({
        "chat": chat.choices[0].message.content,
        "streamed": streamed,
        "name": call.function.name,
        "arguments": serde_json::from_str::<Value>(&call.function.arguments)?,
        "answer": answer.choices[0].message.content,
    });
    println!("{said}");
    Ok(())
}
