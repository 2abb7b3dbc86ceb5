/** Learning, operations and language: what no kind does yet, and the nearest way to it. */
import { way, type NearestWay } from './find-way.ts';

const learners: NearestWay[] = [
  way(
    'random forest',
    'RandomForestClassifier, RandomForestRegressor, extra trees, forest, bagging, tree ensemble',
    'train.gradient-boosting',
    'Gradient boosting learns by trees too, and is mostly the stronger one.',
  ),
  way(
    'decision tree',
    'DecisionTreeClassifier, tree learner, CART, C4.5, J48, rpart, single tree',
    'train.gradient-boosting',
    'Gradient boosting learns by many trees.',
  ),
  way(
    'support vector machine',
    'svm, svc, svr, LinearSVC, libsvm, support vector, kernel machine, SGDClassifier',
    'train.logistic-regression train.gradient-boosting train.linear-regression',
    'Logistic regression is linear as well; Gradient boosting takes what is not.',
  ),
  way(
    'k-nearest-neighbours',
    'knn, k-nn, k nearest neighbors, KNeighborsClassifier, kneighbors',
    'train.gradient-boosting train.logistic-regression',
    'Gradient boosting learns what is alike locally; Retrieve finds texts that are near.',
  ),
  way(
    'naive Bayes',
    'GaussianNB, MultinomialNB, bayes, bayesian classifier',
    'train.logistic-regression',
    'Logistic regression learns from the same features.',
  ),
  way(
    'clustering by density or hierarchy',
    'dbscan, hdbscan, hierarchical clustering, gaussian mixture, agglomerative, louvain',
    'train.k-means train.autoencoder',
    'K-means finds groups around centres.',
  ),
  way(
    't-SNE',
    'umap, mds, manifold learning, isomap',
    'prepare.pca train.autoencoder explore.chart',
    'PCA or Autoencoder gives each row two numbers for a map that Chart draws.',
  ),
  way(
    'isolation forest',
    'IsolationForest, one-class svm, OneClassSVM, EllipticEnvelope',
    'train.autoencoder',
    'Autoencoder scores how unusual a row is.',
  ),
  way(
    'lasso',
    'elastic net, ElasticNet, L1 penalty, sparse regression',
    'train.linear-regression',
    'Linear regression has the ridge penalty (L2).',
  ),
  way(
    'generalized linear model',
    'glm, poisson regression, gamma regression, quantile regression, tweedie',
    'train.linear-regression train.gradient-boosting',
    'Gradient boosting takes any number as target.',
  ),
  way(
    'forecast',
    'time series forecast, forecasting, arima, sarima, prophet, ets, exponential smoothing, holt-winters, seasonal decomposition',
    'train.gradient-boosting train.sequence-network combine.sql',
    'Make lags by SQL, split by time, and train.',
  ),
  way(
    'survival analysis',
    'cox regression, kaplan-meier, churn time',
    'train.gradient-boosting',
    'Gradient boosting predicts a number or a class.',
  ),
  way(
    'recommender',
    'recommendation, collaborative filtering, matrix factorization, ALS',
    'train.gradient-boosting train.neural-network',
    'Train on pairs of who and what.',
  ),
  way(
    'stacking',
    'voting, ensemble, blending, VotingClassifier, StackingClassifier',
    'train.gradient-boosting',
    'Gradient boosting puts many models together by itself.',
  ),
  way(
    'AutoML',
    'auto model, auto-sklearn, tpot, pycaret, h2o, model selection',
    'train.baseline train.gradient-boosting evaluate.model',
    'Wire several trainers to one Split and compare them with the baseline.',
  ),
  way(
    'hyperparameter tuning',
    'grid search, GridSearchCV, random search, optuna, bayesian optimization, parameter optimization, tune, tuning',
    'split.rows train.gradient-boosting',
    'Give a setting several values: a run sweeps them, and folds or validation rows judge.',
  ),
  way(
    'feature importance',
    'shap, shap values, lime, permutation importance, partial dependence, explainability, explain model, interpretability, xai',
    'train.gradient-boosting train.logistic-regression train.linear-regression',
    'Logistic and Linear regression report their coefficients.',
  ),
  way(
    'feature selection',
    'SelectKBest, variance threshold, rfe, boruta, low variance filter, correlation filter, rank features',
    'clean.select',
    'Select columns chooses by hand or by a rule of names and types.',
  ),
  way(
    'oversampling',
    'smote, oversample, undersample, undersampling, class imbalance, imbalanced data, rebalance, equal size sampling',
    'train.logistic-regression combine.sample train.neural-network',
    'Trainers have class weights; Sample rows takes fewer.',
  ),
  way(
    'object detection',
    'yolo, segmentation, bounding boxes, mask r-cnn, keypoints, pose estimation',
    'train.image-network train.embedding-head',
    'Networks for images tell a class or a number of the whole image.',
  ),
  way('reinforcement learning', 'q-learning, gym, policy gradient', '', 'Nothing here learns from rewards.'),
  way(
    'graph network',
    'gnn, graph neural network, node2vec, knowledge graph, neo4j, pagerank, network analysis',
    'combine.sql',
    'SQL counts links by joins.',
  ),
];

const operations: NearestWay[] = [
  way(
    'canary release',
    'canary, canary deployment, blue green, shadow deployment, traffic split, rollout, champion challenger',
    'deploy.http',
    'A service answers by one model: serve the second under a name of its own and send it a share.',
  ),
  way(
    'drift',
    'data drift, concept drift, drift detection, distribution shift, psi, population stability, evidently',
    'combine.sql explore.chart',
    'Write old and new rows with a column that tells which, and compare them.',
  ),
  way(
    'monitoring',
    'model monitoring, observability, prometheus, grafana, tracing, metrics dashboard',
    'deploy.http deploy.language',
    'A service keeps a log of its requests with times and versions, and with what was asked where you say so.',
  ),
  way(
    'model registry',
    'model versioning, register model, model store, mlflow registry',
    'deploy.http write.onnx',
    'Models of all runs are kept and listed under Models; Serve over HTTP keeps the versions of a name.',
  ),
  way(
    'experiment tracking',
    'mlflow tracking, weights and biases, wandb, tensorboard, log metrics',
    'evaluate.model',
    'Every run is kept with its metrics and can be compared under Runs.',
  ),
  way(
    'container',
    'docker, dockerfile, helm, kubernetes deployment, lambda function',
    'write.onnx deploy.http',
    'Write ONNX gives one file that any image with onnxruntime runs.',
  ),
  way(
    'Hugging Face hub',
    'push to hub, upload model, huggingface hub, from_pretrained, download model, model hub',
    'language.model write.encoder write.dataset-card',
    'Models are files that you bring; Write encoder makes the folder that is uploaded.',
  ),
];

const languages: NearestWay[] = [
  way(
    'quantization',
    'quantize, quantise, convert to gguf, awq, gptq, int8, 4-bit, distillation, model compression',
    'language.model',
    'Take a GGUF file that is quantized already; Fine-tune keeps such weights as they are.',
  ),
  way(
    'preference tuning',
    'dpo, rlhf, ppo, orpo, grpo, kto, reward model, preference optimization, DPOTrainer',
    'train.lora',
    'Fine-tune learns from the answers that are preferred.',
  ),
  way(
    'agent',
    'agents, langgraph, autogen, crewai, react agent, mcp, multi-agent',
    'language.generate',
    'Generate asks once for each row, with tools whose calls it gives back.',
  ),
  way(
    'entity recognition',
    'named entity recognition, ner, entity extraction, spacy, information extraction, keyword extraction',
    'language.generate language.mask-pii',
    'Generate writes what it finds into fields; Mask personal data finds persons and addresses.',
  ),
  way(
    'topic model',
    'topic modelling, topic modeling, lda, latent dirichlet allocation, bertopic, topics',
    'prepare.embed-text prepare.tf-idf',
    'Embed text tells what texts mean as numbers.',
  ),
  way(
    'lemmatizer',
    'lemmatization, lemmatize, stemming, stemmer, part of speech, pos tagging, dependency parsing',
    'prepare.tf-idf language.clean-text',
    'Retrieve has stemming for English; Clean texts brings texts into one form.',
  ),
  way(
    'image generation',
    'stable diffusion, text to image, dall-e, gan, diffusion model',
    '',
    'Nothing here makes images.',
  ),
  way('text to speech', 'tts, speech synthesis, voice cloning', '', 'Nothing here speaks.'),
  way(
    'speaker diarization',
    'diarization, who speaks, speaker recognition',
    'prepare.voice-activity prepare.transcribe',
    'Voice activity detection tells when somebody speaks, not who.',
  ),
  way('model card', 'modelcard, model documentation', 'write.dataset-card', 'Write a dataset card tells of the data.'),
];

export const modelWays: readonly NearestWay[] = [...learners, ...operations, ...languages];
